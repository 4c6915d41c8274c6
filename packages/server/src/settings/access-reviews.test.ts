import type { SignedLine } from '@aleph-audit-log/domain/api/access-review'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Act } from '../access/act.ts'
import { permissionsOf, operatorViewer, type Person } from '../access/viewer.ts'
import {
  keepSignOff,
  listSignOffs,
  readLastReviews,
  readSignOff,
  type ReviewToSign,
} from './access-reviews.ts'
import { openSettings, type Settings } from './open-settings.ts'
import { settingsEngines, type SettingsPlace } from './testing/settings-engines.ts'

const hostileTable = `tab\t"quotes" nul\0 'x' \ud800`
const none = { values: [], total: 0 }
const line = (table: string, person: string, decision: SignedLine['decision']): SignedLine => ({
  table,
  person: { id: person, name: hostileTable },
  count: 3,
  reads: 2,
  writes: 1,
  failed: 0,
  denied: 0,
  firstAt: '2026-11-01T00:00:00.000001Z',
  lastAt: '2026-11-02T00:00:00.000000Z',
  tools: none,
  logins: none,
  applications: none,
  decision,
  remark: hostileTable,
})
const review = (tables: string[], lines: SignedLine[]): ReviewToSign => ({
  patterns: ['*'],
  tables,
  from: '2026-11-01T00:00:00.000000Z',
  to: '2026-12-01T00:00:00.000000Z',
  hash: 'h',
  lines,
})

describe.each(settingsEngines)('with settings in $name:', (engine) => {
  afterAll(engine.stop)

  let place: SettingsPlace
  let settings: Settings
  let events: EventDraft[]
  let isFull: boolean
  const viewer = (over: Partial<Person> = {}): Person => ({
    workspaceId: 'w1',
    actor: { type: 'user', id: 'u1', name: 'Ada', email: 'ada@acme.test' },
    via: 'session',
    role: 'auditor',
    userId: 'u1',
    sessionId: 's1',
    permissions: permissionsOf('auditor'),
    ...over,
  })
  const act = (nowMs: number, by: Act['viewer'] = viewer()): Act => ({
    settings,
    viewer: by,
    record: async (draft) => {
      if (isFull) throw new AuditError('storage_full', 'The journal is full.')
      events.push(draft)
    },
    nowMs,
  })

  beforeEach(async () => {
    place = await engine.createPlace()
    settings = await openSettings({ ...place.where, now: Date.now })
    for (const id of ['w1', 'w2']) {
      const row = { id, name: id, created_at: '2026-01-01T00:00:00.000Z' }
      await settings.db.insertInto('workspaces').values(row).execute()
    }
    events = []
    isFull = false
  })
  afterEach(async () => {
    await settings.close()
    await place.remove()
  })

  test('a signed review comes back as it was, and the last one of each table is found', async () => {
    const many = Array.from({ length: 450 }, (_, i) => `t${i}`)
    const first = await keepSignOff(
      act(1000),
      review([hostileTable, ...many], [line(hostileTable, 'ann', 'keep')]),
    )
    const second = await keepSignOff(
      act(2000),
      review([hostileTable], [line(hostileTable, 'ann', 'revoke'), line(hostileTable, 'bo', 'ask')]),
    )
    expect(await readSignOff(settings, viewer(), first.id)).toEqual(first)
    const { signOffs, total } = await listSignOffs(settings, viewer())
    expect(total).toBe(2)
    expect(signOffs).toMatchObject([
      { id: second.id, lines: 2, kept: 0, revoked: 1, asked: 1, reviewer: { name: 'Ada' } },
      { id: first.id, lines: 1, kept: 1 },
    ])
    const last = await readLastReviews(settings, viewer(), [hostileTable, 't449', 'never'])
    expect([last.size, last.get(hostileTable)?.id, last.get('t449')?.id]).toEqual([2, second.id, first.id])
    expect(last.get(hostileTable)?.lines.get('bo')?.decision).toBe('ask')
    expect(events.map(({ type, data }) => [type, data?.['revoked']])).toEqual([
      ['access_review_signed_off', 0],
      ['access_review_signed_off', 1],
    ])
  })

  test('what cannot be recorded is not signed', async () => {
    isFull = true
    await expect(keepSignOff(act(1000), review(['t'], [line('t', 'ann', 'keep')]))).rejects.toThrow('full')
    expect(await listSignOffs(settings, viewer())).toEqual({ signOffs: [], total: 0 })
    expect(await readLastReviews(settings, viewer(), ['t'])).toEqual(new Map())
  })

  test('a person who sees the whole log of this workspace signs, and nobody else', async () => {
    const wanted = review(['t'], [line('t', 'ann', 'keep')])
    for (const by of [
      operatorViewer('w1'),
      viewer({ role: 'analyst', permissions: permissionsOf('analyst') }),
      viewer({ role: 'member', permissions: permissionsOf('member') }),
    ]) {
      await expect(keepSignOff(act(1000, by), wanted)).rejects.toMatchObject({ code: 'forbidden' })
    }
    const { id } = await keepSignOff(act(1000), wanted)
    const stranger = viewer({ workspaceId: 'w2' })
    await expect(readSignOff(settings, stranger, id)).rejects.toMatchObject({ code: 'not_found' })
    expect(await listSignOffs(settings, stranger)).toEqual({ signOffs: [], total: 0 })
    expect(await readLastReviews(settings, stranger, ['t'])).toEqual(new Map())
  })
})
