import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { vi } from 'vitest'

/** A client of a live tail that remembers all that it was told. */
export type FollowedTail = {
  status: number
  events: PublicEvent[]
  /** Of the last message, for the one who goes on. */
  lastId: () => string
  /** Resolves when so many events have come. */
  untilEvents: (count: number, timeoutMs?: number) => Promise<PublicEvent[]>
  /** Resolves when the server has ended it. */
  ended: Promise<void>
  close: () => Promise<void>
}

/** Follows a search; `lastId` goes on behind a message. A tail that is refused has its status and nothing else. */
export async function followTail(
  url: string,
  headers: Record<string, string>,
  { q = '', from, lastId }: { q?: string; from?: string; lastId?: string } = {},
): Promise<FollowedTail> {
  const leaving = new AbortController()
  const query = new URLSearchParams({ ...(q === '' ? {} : { q }), ...(from === undefined ? {} : { from }) })
  const answer = await fetch(`${url}/api/v1/events/tail?${query}`, {
    headers: { ...headers, ...(lastId === undefined ? {} : { 'last-event-id': lastId }) },
    signal: leaving.signal,
  })
  const events: PublicEvent[] = []
  let last = lastId ?? ''
  const read = async (): Promise<void> => {
    let rest = ''
    const decoder = new TextDecoder()
    for await (const bytes of answer.body ?? []) {
      const blocks = (rest + decoder.decode(bytes, { stream: true })).split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        for (const line of block.split('\n')) {
          if (line.startsWith('id: ')) last = line.slice(4)
          // The server sends events of this form.
          if (line.startsWith('data: ')) events.push(JSON.parse(line.slice(6)) as PublicEvent)
        }
      }
    }
  }
  const ended = answer.status === 200 ? read().catch(() => undefined) : answer.text().then(() => undefined)
  if (answer.status === 200)
    await vi.waitFor(
      () => {
        if (last === '') throw new Error('no first message')
      },
      { timeout: 10_000 },
    )
  return {
    status: answer.status,
    events,
    lastId: () => last,
    untilEvents: async (count, timeoutMs = 20_000) =>
      vi.waitFor(
        () => {
          if (events.length < count) throw new Error(`${events.length} events have come, not ${count}`)
          return events
        },
        { timeout: timeoutMs, interval: 20 },
      ),
    ended,
    close: async () => {
      leaving.abort()
      await ended
    },
  }
}
