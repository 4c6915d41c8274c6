import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { useDocumentVisibility } from '@mantine/hooks'
import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useCallback, useEffect, useEffectEvent, useMemo, useRef, useState } from 'react'
import { isApiError } from '../api/api-error.ts'
import type { EventQuestion } from '../api/events.ts'
import { followEvents, type FollowState } from '../api/follow-events.ts'
import { sessionQuery } from '../api/session.ts'
import {
  isInSight,
  liveLimits,
  mergeRows,
  noLiveRows,
  receiveRows,
  showRows,
  type LiveRows,
  type LoadedRows,
} from './live-rows.ts'
import { useOlderRows, type PagedRows } from './use-older-rows.ts'

type LiveRowsInput = {
  question: EventQuestion
  askedAtMs: number
  /** The question, where it has an end: with the `from` that it has without one. */
  boundedFrom: string | undefined
  /** Events whose own time is earlier are not in the question's range. */
  followedFrom: string | undefined
  /** What was loaded of it. */
  loaded: PagedRows
  /** Where the log stood when it was asked; undefined until that is known. */
  position: string | undefined
  enabled: boolean
  /** New events are put on screen by themselves; else they wait. */
  flows: boolean
  /** The place to go on from is lost: ask anew. */
  onLost: () => void
}

export type LiveRowsState = PagedRows & {
  /** What is not on screen yet, and would be if it were shown. */
  waiting: readonly PublicEvent[]
  /** More came than is kept waiting. */
  tooMany: boolean
  /** Changes when rows that came have been put on screen. */
  shown: readonly PublicEvent[]
  followState: FollowState | 'off'
  show: () => void
}

/** What was loaded and what has come since, as one list. */
export function useLiveRows(input: LiveRowsInput): LiveRowsState {
  const { question, askedAtMs, loaded, flows } = input
  const key = `${askedAtMs} ${JSON.stringify(question)}`
  const [live, setLive] = useState({ key, rows: noLiveRows })
  if (live.key !== key) setLive({ key, rows: noLiveRows })
  const rows = live.key === key ? live.rows : noLiveRows

  const bounded = useMemo(() => ({ ...question, from: input.boundedFrom }), [question, input.boundedFrom])
  const older = useOlderRows(bounded, askedAtMs, rows.cutAt)
  const loadedFor = useCallback(
    ({ cutAt }: LiveRows): LoadedRows => {
      if (cutAt === undefined) return loaded
      return cutAt === rows.cutAt ? { ...older, cutAt } : { events: [], hasMore: true, cutAt }
    },
    [loaded, older, rows.cutAt],
  )
  // What may be on screen does not wait: it is there with this very render.
  const shownRows = flows ? showRows(rows, loadedFor(rows)) : rows
  if (shownRows !== rows) setLive({ key, rows: shownRows })
  const take = useCallback(
    (takenKey: string, came: readonly PublicEvent[]) =>
      setLive((before) =>
        before.key === takenKey ? { key: takenKey, rows: receiveRows(before.rows, came) } : before,
      ),
    [],
  )
  const followState = useFollowing({ ...input, key, tooMany: rows.tooMany, take })

  const base = rows.cutAt === undefined ? loaded : older
  const events = useMemo(() => mergeRows(rows.shown, loadedFor(rows)), [rows, loadedFor])
  const waiting = useMemo(() => {
    const loadedIds = new Set(base.events.map(({ id }) => id))
    return rows.waiting.filter((event) => !loadedIds.has(event.id) && isInSight(event, loadedFor(rows)))
  }, [rows, base.events, loadedFor])
  return {
    ...base,
    events,
    waiting,
    tooMany: rows.tooMany,
    shown: rows.shown,
    followState,
    show: () => setLive({ key, rows: showRows(rows, loadedFor(rows)) }),
  }
}

type FollowingInput = LiveRowsInput & {
  key: string
  tooMany: boolean
  take: (key: string, came: readonly PublicEvent[]) => void
}

/**
 * Follows the question from where it was asked. A page that nobody sees does not: it holds no connection, of which a
 * browser has six for each server, and catches up from the last position when it is seen again.
 */
function useFollowing(input: FollowingInput): FollowState | 'off' {
  const { key, position, followedFrom: from } = input
  const { q } = input.question
  const [state, setState] = useState<FollowState | 'off'>('off')
  const isSeen = useDocumentVisibility() !== 'hidden'
  const follows = input.enabled && isSeen && position !== undefined && !input.tooMany
  const reached = useRef({ key, position })
  const { take, onLost } = input
  const queries = useQueryClient()
  const router = useRouter()
  const end = useEffectEvent((error: unknown) => {
    // Nobody is signed in any more: that leads to the sign-in.
    if (isApiError(error, 'unauthenticated')) {
      queries.removeQueries({ queryKey: sessionQuery.queryKey })
      void router.invalidate()
    }
    // A place that the server does not know.
    if (isApiError(error, 'invalid')) onLost()
  })

  useEffect(() => {
    if (!follows) return undefined
    if (reached.current.key !== key || reached.current.position === undefined) {
      reached.current = { key, position }
    }
    let came: PublicEvent[] = []
    let flush: ReturnType<typeof setTimeout> | undefined
    const takeNow = (): void => {
      clearTimeout(flush)
      flush = undefined
      if (came.length > 0) take(key, came)
      came = []
    }
    const following = followEvents({
      q,
      from,
      after: reached.current.position,
      onEvent: (event) => {
        came.push(event)
        flush ??= setTimeout(takeNow, liveLimits.flushMs)
      },
      onPosition: (id) => (reached.current = { key, position: id }),
      onState: setState,
      onEnd: (error) => end(error),
    })
    return () => {
      following.stop()
      // The position is behind these already.
      takeNow()
    }
  }, [follows, key, q, from, position, take])
  return follows ? state : 'off'
}
