import type { Alert, AlertMute } from '@aleph-audit-log/domain/api/alerts'
import type { Selectable } from 'kysely'
import * as z from 'zod'
import { creatorOf } from '../../access/creator.ts'
import type { SettingsTables } from '../settings-tables.ts'

export type AlertRow = Selectable<SettingsTables['alerts']>

/** What an alert is about: the values of its rule's `groupBy`, in the rule's order. */
export type AlertGroup = readonly { field: string; value: string }[]

const groupSchema = z.array(z.strictObject({ field: z.string(), value: z.string() }))
const listSchema = z.array(z.string())

/** The text by which events join an alert, and by which a mute knows it. */
export function groupText(group: AlertGroup): string {
  return JSON.stringify(group.map(({ field, value }) => ({ field, value })))
}

function readGroup(json: string): z.infer<typeof groupSchema> {
  return groupSchema.parse(JSON.parse(json))
}

export function readList(json: string): string[] {
  return listSchema.parse(JSON.parse(json))
}

export function toAlert(row: AlertRow): Alert {
  return {
    id: row.id,
    rule: { id: row.rule_id, title: row.rule_title, level: row.rule_level },
    status: row.status,
    summary: row.summary,
    group: readGroup(row.group_json),
    openedAt: row.opened_at,
    firstEventAt: row.first_event_at,
    lastEventAt: row.last_event_at,
    eventCount: row.event_count,
    people: readList(row.people_json),
    tables: readList(row.tables_json),
    eventIds: readList(row.event_ids_json),
    late: row.late === 1,
    q: row.search_text,
  }
}

export type MuteRow = Selectable<SettingsTables['alert_mutes']>

export function toMute(row: MuteRow, title: string): AlertMute {
  return {
    id: row.id,
    rule: { id: row.rule_id, title },
    ...(row.group_json !== null && { group: readGroup(row.group_json) }),
    until: row.until,
    reason: row.reason,
    createdAt: row.created_at,
    createdBy: creatorOf(row),
  }
}
