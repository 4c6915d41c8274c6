import { stat } from 'node:fs/promises'
import { isAuditError } from '@aleph-audit-log/domain/error'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readCapturePosition, saveCapturePosition } from './capture-positions.ts'
import { commitWithEvent } from './commit-with-event.ts'
import { openSettings, type Settings } from './open-settings.ts'
import { settingsEngines, type SettingsPlace } from './testing/settings-engines.ts'
import { ensureWorkspace } from './workspaces.ts'

const now = Date.now

test('the files of the SQLite settings database are for their owner only', async () => {
  const [sqlite] = settingsEngines
  const place = await sqlite!.createPlace()
  const settings = await openSettings({ ...place.where, now })
  const path = 'path' in place.where ? place.where.path : ''
  const modes = await Promise.all(
    ['', '-wal', '-shm'].map(async (end) => (await stat(path + end)).mode & 0o777),
  )
  await settings.close()
  await place.remove()
  expect(modes).toEqual([0o600, 0o600, 0o600])
})

describe.each(settingsEngines)('settings in $name:', (engine) => {
  afterAll(engine.stop)

  let place: SettingsPlace
  const open = async (): Promise<Settings> => openSettings({ ...place.where, now })

  beforeEach(async () => {
    place = await engine.createPlace()
  })

  afterEach(async () => {
    await place.remove()
  })

  test('what was committed is there when the database is opened again', async () => {
    const first = await open()
    const made = await ensureWorkspace({ settings: first, record: async () => {}, now })
    await first.close()
    const events: EventDraft[] = []
    const second = await open()
    const found = await ensureWorkspace({
      settings: second,
      record: async (draft) => void events.push(draft),
      now,
    })
    await second.close()
    expect(found).toEqual(made)
    expect(events).toEqual([])
  })

  test('a database of a newer program is refused with a message that says what to do', async () => {
    await (await open()).close()
    await place.change(
      `INSERT INTO schema_migrations VALUES (9999, '9999_later.sql', 'x', '2027-01-01T00:00:00.000Z')`,
    )
    const error: unknown = await open().catch((thrown: unknown) => thrown)
    expect(isAuditError(error, 'conflict')).toBe(true)
    expect(String(error)).toMatch(/newer version.*9999_later\.sql.*restore a backup/)
  })

  test('a migration that is not the one applied before is refused', async () => {
    await (await open()).close()
    await place.change(`UPDATE schema_migrations SET checksum = 'another'`)
    const error: unknown = await open().catch((thrown: unknown) => thrown)
    expect(isAuditError(error, 'conflict')).toBe(true)
  })

  test('a change whose event cannot be stored did not happen', async () => {
    const settings = await open()
    const full = (): Promise<never> => Promise.reject(new Error('full'))
    await expect(ensureWorkspace({ settings, record: full, now })).rejects.toThrow('full')
    const workspaces = await settings.db.selectFrom('workspaces').selectAll().execute()
    await settings.close()
    expect(workspaces).toEqual([])
  })

  test('an event whose change could not be committed is followed by one that says so', async () => {
    const settings = await open()
    const events: EventDraft[] = []
    const actor = { type: 'system', name: 'test' } as const
    const record = async (draft: EventDraft): Promise<void> => {
      events.push(draft)
    }
    await expect(
      commitWithEvent(settings, record, async (transaction) => {
        // A constraint that is looked at only by the commit makes a commit fail on demand.
        await transaction.schema
          .createTable('late')
          .addColumn('user_id', 'text')
          .addForeignKeyConstraint('late_user', ['user_id'], 'users', ['id'], (key) =>
            key.deferrable().initiallyDeferred(),
          )
          .execute()
        await transaction
          .insertInto('late' as 'sessions')
          .values({ user_id: 'nobody' } as never)
          .execute()
        return { result: undefined, event: { type: 'settings_changed', actor } }
      }),
    ).rejects.toThrow()
    await settings.close()
    expect(events.map(({ outcome }) => outcome)).toEqual([undefined, 'failure'])
  })

  test('the position of a capture is kept, replaced, and gone with its integration', async () => {
    const settings = await open()
    const { id } = await ensureWorkspace({ settings, record: async () => {}, now })
    const time = '2026-11-22T10:00:00.000Z'
    await settings.db
      .insertInto('integrations')
      .values({
        id: 'int_1',
        workspace_id: id,
        kind: 'postgres_log',
        name: 'Production',
        settings: '{}',
        created_at: time,
        updated_at: time,
        created_by_id: 'u',
        created_by_name: 'Ann',
        created_by_email: null,
      })
      .execute()
    expect(await readCapturePosition(settings, 'int_1')).toBeUndefined()
    await saveCapturePosition(settings, { integrationId: 'int_1', position: { offset: 1 }, nowMs: now() })
    await saveCapturePosition(settings, { integrationId: 'int_1', position: { offset: 2 }, nowMs: now() })
    expect(await readCapturePosition(settings, 'int_1')).toEqual({ offset: 2 })
    await settings.db.deleteFrom('integrations').execute()
    expect(await readCapturePosition(settings, 'int_1')).toBeUndefined()
    await settings.close()
  })
})
