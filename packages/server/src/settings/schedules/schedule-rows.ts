import {
  storedConfigurationSchema,
  type ExportRun,
  type Schedule,
  type ScheduleConfiguration,
} from '@aleph-audit-log/domain/api/schedules'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { Selectable } from 'kysely'
import { requirePermission, requirePerson, type Person, type Viewer } from '../../access/viewer.ts'
import type { SettingsTransaction } from '../commit-with-event.ts'
import type { Settings } from '../open-settings.ts'
import type { SettingsTables } from '../settings-tables.ts'

/** A schedule with what of others it depends on, as that is now. */
export type ScheduleRow = Selectable<SettingsTables['export_schedules']> & {
  /** Of who runs it; null for who has left. */
  owner_role: string | null
  /** Null unless the view is there and shared. */
  view_name: string | null
}

/** The schedules of a workspace, to be narrowed and ordered. */
export function selectSchedules(db: Settings['db'] | SettingsTransaction, workspaceId: string) {
  return db
    .selectFrom('export_schedules')
    .leftJoin('memberships', (join) =>
      join
        .onRef('memberships.user_id', '=', 'export_schedules.runs_as_id')
        .onRef('memberships.workspace_id', '=', 'export_schedules.workspace_id'),
    )
    .leftJoin('views', (join) =>
      join
        .onRef('views.id', '=', 'export_schedules.view_id')
        .onRef('views.workspace_id', '=', 'export_schedules.workspace_id')
        .on('views.shared', '=', 1),
    )
    .selectAll('export_schedules')
    .select(['memberships.role as owner_role', 'views.name as view_name'])
    .where('export_schedules.workspace_id', '=', workspaceId)
}

/** What people decided of a schedule. Its zone may be one that this server does not know. */
export function configurationOf(row: ScheduleRow): ScheduleConfiguration {
  return storedConfigurationSchema.parse({
    name: row.name,
    content: row.view_id === null ? { q: row.search_text ?? '' } : { viewId: row.view_id },
    format: row.format,
    timing: JSON.parse(row.timing),
    destination: JSON.parse(row.destination),
    enabled: row.enabled === 1,
  })
}

export function toSchedule(row: ScheduleRow, runs: ExportRun[]): Schedule {
  return {
    id: row.id,
    ...configurationOf(row),
    runsAs: {
      name: row.runs_as_name,
      ...(row.runs_as_email !== null && { email: row.runs_as_email }),
      mayRun: row.owner_role === 'admin',
    },
    ...(row.view_name !== null && { viewName: row.view_name }),
    ...(row.next_due_at !== null && { nextDueAt: row.next_due_at }),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    runs,
  }
}

/** One schedule of the workspace, as it is stored. Errors: `not_found`. */
export async function findRow(
  db: Settings['db'] | SettingsTransaction,
  workspaceId: string,
  id: string,
): Promise<ScheduleRow> {
  const row = await selectSchedules(db, workspaceId).where('export_schedules.id', '=', id).executeTakeFirst()
  if (!row) throw new AuditError('not_found', 'There is no such scheduled export.')
  return row
}

/** A key is nobody who could answer for an export later: schedules are for people, who are admins. */
export function requireAdmin(viewer: Viewer): Person {
  const person = requirePerson(viewer)
  requirePermission(person, 'admin')
  return person
}
