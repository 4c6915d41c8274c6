import { randomUUID } from 'node:crypto'
import { expect, vi } from 'vitest'
import type { Settings } from '../../settings/open-settings.ts'

/** A request for a schedule that does not fall due while a test runs, unless the clock is set. */
export function newSchedule(name: string, q = ''): object {
  return { name, content: { q }, format: 'csv', timing, destination, enabled: false }
}

const timing = { every: 'week', weekday: 1, hour: 3, minute: 0, zone: 'UTC', covers: 'day' }
const destination = { kind: 'email', to: ['board@acme.test'] }

/** A schedule of somebody who has left, made without the act that would make it; its id. */
export async function addSchedule({ db }: Settings, workspace_id: string, name: string): Promise<string> {
  await untilRunsHaveEnded(db)
  const id = randomUUID()
  const time = new Date().toISOString()
  const row = {
    id,
    workspace_id,
    name,
    view_id: null,
    search_text: '',
    format: 'csv' as const,
    timing: JSON.stringify(timing),
    destination: JSON.stringify(destination),
    enabled: 0,
    next_due_at: null,
    created_at: time,
    updated_at: time,
    runs_as_id: 'gone',
    runs_as_name: 'Gone',
    runs_as_email: null,
  }
  await db.insertInto('export_schedules').values(row).execute()
  return id
}

/**
 * A run ends in a transaction of the server, which is in this process: a write from beside would stop the whole process
 * while it waits for that transaction.
 */
async function untilRunsHaveEnded(db: Settings['db']): Promise<void> {
  const open = db.selectFrom('export_runs').select('id').where('state', 'in', ['waiting', 'running'])
  await vi.waitFor(async () => expect(await open.execute()).toEqual([]), { timeout: 20_000, interval: 50 })
}
