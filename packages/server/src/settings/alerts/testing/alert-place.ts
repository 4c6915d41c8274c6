import { AuditError } from '@aleph-audit-log/domain/error'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import type { Role } from '@aleph-audit-log/domain/api/access'
import type { Act } from '../../../access/act.ts'
import { permissionsOf, type Person } from '../../../access/viewer.ts'
import { openSettings, type Settings } from '../../open-settings.ts'
import { createSealer, type Sealer } from '../../seal-text.ts'
import type { SettingsPlace } from '../../testing/settings-engines.ts'
import type { Finding, WrittenAlert } from '../write-alerts.ts'
import { writeFindings } from './write-findings.ts'

/** Settings of two workspaces, w1 and w2, with people who do something in them by a clock of the test. */
export type AlertPlace = {
  settings: Settings
  sealer: Sealer
  clock: { ms: number }
  /** What was recorded, in order. */
  events: EventDraft[]
  /** Makes events fail to be stored while true. */
  journal: { full: boolean }
  viewer: (role?: Role, over?: Partial<Person>) => Person
  act: (viewer?: Act['viewer']) => Act
  write: (...findings: Finding[]) => Promise<WrittenAlert[]>
  close: () => Promise<void>
}

export async function openAlertPlace(place: SettingsPlace): Promise<AlertPlace> {
  const clock = { ms: Date.parse('2026-11-28T12:00:00Z') }
  const settings = await openSettings({ ...place.where, now: () => clock.ms })
  for (const id of ['w1', 'w2']) {
    const row = { id, name: `Works ${id}`, created_at: '2026-01-01T00:00:00.000Z' }
    await settings.db.insertInto('workspaces').values(row).execute()
  }
  const events: EventDraft[] = []
  const journal = { full: false }
  const viewer: AlertPlace['viewer'] = (role = 'admin', over = {}) => ({
    workspaceId: 'w1',
    actor: { type: 'user', id: `u-${role}`, name: `The ${role}`, email: `${role}@acme.test` },
    via: 'session',
    role,
    userId: `u-${role}`,
    sessionId: 's1',
    permissions: permissionsOf(role),
    ...over,
  })
  return {
    settings,
    sealer: createSealer(Buffer.from('a secret of the test, long enough')),
    clock,
    events,
    journal,
    viewer,
    act: (by = viewer()) => ({
      settings,
      viewer: by,
      record: async (draft) => {
        if (journal.full) throw new AuditError('storage_full', 'The journal is full.')
        events.push(draft)
      },
      nowMs: clock.ms,
    }),
    write: async (...findings) => writeFindings(settings, { workspaceId: 'w1', nowMs: clock.ms, findings }),
    close: async () => settings.close(),
  }
}
