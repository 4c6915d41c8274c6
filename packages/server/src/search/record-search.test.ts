import type { EventDraft } from '@aleph-audit-log/domain/event'
import { timeFromMs } from '@aleph-audit-log/domain/time'
import { expect, it } from 'vitest'
import type { Viewer } from '../access/viewer.ts'
import { SearchRecorder } from './record-search.ts'

const dayMs = 86_400_000

it('records a page that stays open and counts again once, and once more when somebody comes back to it', async () => {
  let nowMs = Date.parse('2026-11-22T10:00:00Z')
  const drafts: EventDraft[] = []
  const recorder = new SearchRecorder<undefined>({
    record: async (_, __, draft) => void drafts.push(draft),
    now: () => nowMs,
    onceMs: 60_000,
    resumeMs: 30_000,
  })
  const viewer: Viewer = {
    via: 'api_key',
    workspaceId: 'w1',
    keyId: 'k1',
    permissions: new Set(['events:read']),
    actor: { type: 'api_key', id: 'k1' },
  }
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
