import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { isApiError, readApiError, type ApiErrorCode } from './api-error.ts'
import { queryString } from './call-api.ts'
import { createMessageReader } from './message-reader.ts'

/** `open`: the server tells what comes in. `waiting`: it does not answer, and is asked again in a moment. */
export type FollowState = 'connecting' | 'open' | 'waiting'

export type FollowOptions = {
  q: string
  from: string | undefined
  /** The id to go on from; undefined: from now on. */
  after: string | undefined
  onEvent: (event: PublicEvent) => void
  /** The id from which another call goes on without a gap. */
  onPosition: (id: string) => void
  onState: (state: FollowState) => void
  /** It cannot go on: nobody is signed in (any more), or the server does not know the place to go on from. */
  onEnd: (error: unknown) => void
}

const waitMs = { first: 1000, max: 15_000 }
/** The server says something every 15 seconds: a connection that is silent for longer is dead. */
const silenceMsMax = 40_000

/** Trying again does not help with these. */
const lasting: ReadonlySet<ApiErrorCode> = new Set(['invalid', 'unauthenticated', 'forbidden', 'not_found'])

/**
 * Follows a search until it is stopped. When the connection is lost it goes on behind the last message, so nothing is
 * missed and nothing comes twice.
 */
export function followEvents(options: FollowOptions): { stop: () => void } {
  const stopped = new AbortController()
  void follow(options, stopped.signal)
  return { stop: () => stopped.abort() }
}

async function follow(options: FollowOptions, signal: AbortSignal): Promise<void> {
  let { after } = options
  let nextWaitMs = waitMs.first
  const onPosition = (id: string): void => {
    after = id
    nextWaitMs = waitMs.first
    options.onPosition(id)
  }
  // Stopped from outside, while something was waited for.
  const isStopped = (): boolean => signal.aborted
  while (!isStopped()) {
    options.onState('connecting')
    let askedWaitMs = 0
    try {
      await readStream({ ...options, after, onPosition }, signal)
    } catch (error) {
      if (isStopped()) return
      if (isApiError(error) && lasting.has(error.code)) {
        options.onEnd(error)
        return
      }
      if (isApiError(error)) askedWaitMs = (error.retryAfterSeconds ?? 0) * 1000
    }
    if (isStopped()) return
    options.onState('waiting')
    // Not all at once when a server comes back.
    await pause(Math.max(askedWaitMs, nextWaitMs) * (0.75 + Math.random() / 2), signal)
    nextWaitMs = Math.min(nextWaitMs * 2, waitMs.max)
  }
}

async function readStream(options: FollowOptions, signal: AbortSignal): Promise<void> {
  const dead = new AbortController()
  const end = (): void => dead.abort()
  signal.addEventListener('abort', end)
  let silence = setTimeout(end, silenceMsMax)
  try {
    const response = await fetch(`/api/v1/events/tail${queryString({ q: options.q, from: options.from })}`, {
      credentials: 'same-origin',
      cache: 'no-store',
      headers: {
        accept: 'text/event-stream',
        ...(options.after === undefined ? {} : { 'last-event-id': options.after }),
      },
      signal: dead.signal,
    })
    if (!response.ok) throw await readApiError(response)
    if (response.body === null) return
    options.onState('open')
    const read = createMessageReader()
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      clearTimeout(silence)
      silence = setTimeout(end, silenceMsMax)
      for (const { id, data } of read(value)) {
        // The server and this page are built together: data is an event.
        if (data !== undefined) options.onEvent(JSON.parse(data) as PublicEvent)
        if (id !== '') options.onPosition(id)
      }
    }
  } finally {
    clearTimeout(silence)
    signal.removeEventListener('abort', end)
  }
}

/** Also ends when the network is there again. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      window.removeEventListener('online', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
    window.addEventListener('online', end)
  })
}
