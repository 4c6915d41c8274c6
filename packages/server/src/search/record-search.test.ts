import type { EventDraft } from '@aleph-audit-log/domain/event'
import { timeFromMs } from '@aleph-audit-log/domain/time'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Viewer } from '../access/viewer.ts'
import { SearchRecorder } from './record-search.ts'

const dayMs = 86_400_000

const viewer: Viewer = {
  via: 'api_key',
  workspaceId: 'w1',
  keyId: 'k1',
  permissions: new Set(['events:read']),
  actor: { type: 'api_key', id: 'k1' },
}

let nowMs = 0
let drafts: EventDraft[] = []
let failure: Error | undefined
let recorder: SearchRecorder<undefined>
beforeEach(() => {
  nowMs = Date.parse('2026-11-22T10:00:00Z')
  drafts = []
  failure = undefined
  recorder = new SearchRecorder<undefined>({
    record: async (_, __, draft) => {
      if (failure) throw failure
      drafts.push(draft)
    },
    now: () => nowMs,
    onceMs: 60_000,
    resumeMs: 30_000,
  })
})
const texts = (): unknown[] => drafts.map(({ data }) => data?.query)

describe('counts of what a search finds', () => {
  it('are the search that somebody has just made, with or without its noise', async () => {
    await Promise.all([
      recorder.recordSearch(viewer, { q: 'name:ann -is:noise' }, undefined),
      recorder.recordCounts(viewer, { q: 'name:ann -is:noise' }, undefined),
      recorder.recordCounts(viewer, { q: 'name:ann is:noise' }, undefined),
    ])
    expect(texts()).toEqual(['name:ann -is:noise'])
  })

  it('are recorded when nobody searched, and the search that follows is not recorded again', async () => {
    await Promise.all([
      recorder.recordCounts(viewer, { q: 'name:ann', from: '2026-11-01' }, undefined),
      recorder.recordSearch(viewer, { q: 'name:ann' }, undefined),
      recorder.recordCounts(viewer, { q: 'name:bob' }, undefined),
    ])
    expect(drafts).toEqual([
      {
        type: 'audit_log_searched',
        actor: viewer.actor,
        data: { query: 'name:ann', from: '2026-11-01' },
      },
      { type: 'audit_log_searched', actor: viewer.actor, data: { query: 'name:bob' } },
    ])
  })

  it('of another person are another look', async () => {
    await recorder.recordSearch(viewer, { q: 'name:ann' }, undefined)
    const other: Viewer = { ...viewer, actor: { type: 'user', id: 'u2' } }
    await recorder.recordCounts(other, { q: 'name:ann' }, undefined)
    expect(drafts.map(({ actor }) => actor.id)).toEqual(['k1', 'u2'])
  })

  it('of a page that stays open are one look, and one more when somebody comes back', async () => {
    for (let i = 0; i < 60; i++) {
      await recorder.recordCounts(viewer, { q: '' }, undefined)
      nowMs += 70_000
    }
    expect(drafts).toHaveLength(1)
    nowMs += 600_000
    await recorder.recordCounts(viewer, { q: '' }, undefined)
    expect(drafts).toHaveLength(2)
  })

  it('are not recorded beside a tail that is open, however seldom something comes', async () => {
    const stop = await recorder.recordTail(viewer, { q: 'outcome:denied -is:noise' }, undefined)
    for (let i = 0; i < 5; i++) {
      nowMs += 900_000
      await recorder.recordCounts(viewer, { q: 'outcome:denied is:noise' }, undefined)
    }
    expect(drafts).toHaveLength(1)
    stop()
    nowMs += 900_000
    await recorder.recordCounts(viewer, { q: 'outcome:denied is:noise' }, undefined)
    expect(drafts).toHaveLength(2)
  })

  it('of another range are another look, beside a tail as well', async () => {
    await recorder.recordTail(viewer, { q: '' }, undefined)
    for (const day of ['01', '02', '03']) {
      const range = { from: `2025-01-${day}T00:00:00Z`, to: `2025-01-${day}T23:59:59Z` }
      await recorder.recordCounts(viewer, { q: '', ...range }, undefined)
    }
    expect(drafts.map(({ data }) => data?.from)).toEqual([
      undefined,
      '2025-01-01T00:00:00Z',
      '2025-01-02T00:00:00Z',
      '2025-01-03T00:00:00Z',
    ])
  })

  it('are recorded where the search before them could not be', async () => {
    failure = new Error('no journal')
    await expect(recorder.recordSearch(viewer, { q: 'a' }, undefined)).rejects.toThrow('no journal')
    failure = undefined
    await recorder.recordCounts(viewer, { q: 'a' }, undefined)
    expect(drafts).toHaveLength(1)
  })

  it('that could not be recorded fail, and neither they nor the search count as recorded', async () => {
    failure = new Error('no journal')
    await expect(recorder.recordCounts(viewer, { q: 'a' }, undefined)).rejects.toThrow('no journal')
    failure = undefined
    await recorder.recordCounts(viewer, { q: 'a' }, undefined)
    nowMs += 60_001
    await recorder.recordSearch(viewer, { q: 'a' }, undefined)
    expect(drafts).toHaveLength(2)
  })
})

it('records what is looked for by other means than a search as it is', async () => {
  const q = 'table:dbo.orders(2023) OR table:order - old'
  await recorder.recordSearch(viewer, { q }, undefined)
  expect(texts()).toEqual([q])
})

it('records who follows noise beside who follows the rest', async () => {
  await recorder.recordTail(viewer, { q: 'x -is:noise' }, undefined)
  await recorder.recordTail(viewer, { q: 'x is:noise' }, undefined)
  expect(texts()).toEqual(['x -is:noise', 'x is:noise'])
})

it('records one event that is read as the search for it', async () => {
  const id = '0193a5c0-7b1e-7000-8000-2f6d4c1b9a70'
  await recorder.recordEventRead(viewer, id, undefined)
  await recorder.recordSearch(viewer, { q: `id:${id}` }, undefined)
  expect(texts()).toEqual([`id:${id}`])
})

it('records a page that stays open and counts again once, and once more when somebody comes back to it', async () => {
  const look = async (lengthMs: number): Promise<void> => {
    const view = { page: 'overview', q: '', from: timeFromMs(nowMs - lengthMs), to: timeFromMs(nowMs) }
    await recorder.recordOpenPage(viewer, view, undefined)
  }
  for (let minute = 0; minute < 60; minute++) {
    await look(dayMs)
    nowMs += 60_000 + minute
  }
  expect(drafts).toHaveLength(1)
  await look(30 * dayMs)
  expect(drafts).toHaveLength(2)
  nowMs += 3_600_000
  await look(dayMs)
  expect(drafts).toHaveLength(3)
})
