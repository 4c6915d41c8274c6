import { createHash } from 'node:crypto'
import { alertLimits } from '@aleph-audit-log/domain/alert-values'
import type { Alert } from '@aleph-audit-log/domain/api/alerts'
import type { RuleLevel } from '@aleph-audit-log/domain/detect/rule'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import { filterLimits } from '@aleph-audit-log/domain/filter/filter'
import { printTerm } from '@aleph-audit-log/domain/filter/print-filter'
import { lockWorkspace, type SettingsTransaction } from '../commit-with-event.ts'
import { groupText, readList, toAlert, type AlertGroup, type AlertRow } from './alert-rows.ts'
import { addStep } from './alert-steps.ts'
import { enqueueDeliveries } from './enqueue-deliveries.ts'

/** What an alert names already, as far as it names them. */
export type KnownNames = { people: readonly string[]; tables: readonly string[] }

/** What a rule found: events of one group. Lists may be longer than an alert names; `eventCount` counts all. */
export type Finding = {
  rule: { id: string; title: string; level: RuleLevel }
  /** The values of the rule's `groupBy`, in its order; empty for a rule without. */
  group: AlertGroup
  /** One sentence, for who has not read the rule, of an alert with so many events; `known` of one that it joins. */
  summaryOf: (eventCount: number, known?: KnownNames) => string
  /** A search that finds the events between the first and the last. */
  searchText: string
  /** The same, of all groups of the rule. */
  searchTextOfRule: () => string
  /** Canonical times of events. */
  firstEventAt: string
  lastEventAt: string
  eventCount: number
  people: readonly string[]
  tables: readonly string[]
  /** The first one is that with which it was found first: by it the alert is known again after a crash. */
  eventIds: readonly string[]
  /** Events came in more than an hour after they happened. */
  late: boolean
}

export type WrittenAlert = {
  alert: Alert
  /** What became of the finding: an alert of its own, or more of one that is there. */
  became: 'opened' | 'joined'
  /**
   * Of one that was opened: the event that tells it. To be kept before the transaction commits. Its id and its content follow
   * from the finding, so that a batch that is written again after a crash keeps it once.
   */
  event: EventDraft | undefined
}

type FindingsOf = { workspaceId: string; nowMs: number; findings: readonly Finding[] }

/** Events join an alert whose events are less than this before (or, of late ones, after) them. */
const joinMsMax = 86_400_000

/**
 * Opens alerts, or lets events join those that are there: the only place where alerts are made. A finding joins the newest
 * alert of the same rule and group that is not resolved and whose events are less than a day away; a muted one only
 * while a mute holds. Of a rule that has opened `ofRuleInDayMax` for about a day, other groups join one alert without a
 * group. Steps and deliveries are made with them. Everything belongs to the caller's transaction, which waits
 * for other changes of the workspace.
 *
 * Events that an alert names already are not counted again; of those beyond what it names (100) the caller has to see
 * to it that none comes twice.
 */
export async function writeAlerts(
  transaction: SettingsTransaction,
  { workspaceId, nowMs, findings }: FindingsOf,
): Promise<WrittenAlert[]> {
  if (findings.length === 0) return []
  await lockWorkspace(transaction, workspaceId)
  const now = new Date(nowMs).toISOString()
  const mutes = await transaction
    .selectFrom('alert_mutes')
    .select(['rule_id', 'group_json'])
    .where('workspace_id', '=', workspaceId)
    .where('until', '>', now)
    .execute()
  const written: WrittenAlert[] = []
  for (const finding of findings) {
    written.push(await writeFinding(transaction, { workspaceId, now, mutes }, boundFinding(finding)))
  }
  return written
}

type Where = {
  workspaceId: string
  now: string
  mutes: readonly { rule_id: string; group_json: string | null }[]
}

async function writeFinding(
  transaction: SettingsTransaction,
  where: Where,
  finding: Finding,
): Promise<WrittenAlert> {
  const { workspaceId, now, mutes } = where
  const group = groupText(finding.group)
  const isMuted = mutes.some(
    ({ rule_id, group_json }) => rule_id === finding.rule.id && (group_json === null || group_json === group),
  )
  const placed = { workspaceId, finding, group, isMuted }
  const joined = await findJoined(transaction, placed)
  if (joined) return join(transaction, { row: joined, finding, now })
  if (finding.group.length > 0 && (await isStorm(transaction, placed))) {
    return writeFinding(transaction, where, gathered(finding))
  }
  return openAlert(transaction, { ...placed, now })
}

/** By the time of events, so that the same is found after a crash, and when weeks are imported at once. */
async function isStorm(transaction: SettingsTransaction, { workspaceId, finding }: Placed): Promise<boolean> {
  // The last one that may be.
  const last = await transaction
    .selectFrom('alerts')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('rule_id', '=', finding.rule.id)
    .where('last_event_at', '>', shifted(finding.firstEventAt, -joinMsMax))
    .where('first_event_at', '<', shifted(finding.lastEventAt, joinMsMax))
    .limit(1)
    .offset(alertLimits.ofRuleInDayMax - 1)
    .executeTakeFirst()
  return last !== undefined
}

/** What is found in a storm is in one alert without a group, so that nobody is told of thousands. */
function gathered(finding: Finding): Finding {
  const { rule, eventCount, summaryOf, searchTextOfRule } = finding
  const most = alertLimits.ofRuleInDayMax
  return {
    ...finding,
    group: [],
    summaryOf: () =>
      `${rule.title}: there are ${most} alerts of a day, and this one gathers what else was found, the last: ${summaryOf(eventCount)}`,
    searchText: boundSearch(searchTextOfRule(), finding.eventIds),
  }
}

/** An alert is to fit into an event and a message, however long the names are that somebody made up. */
function boundFinding(finding: Finding): Finding {
  const { group, people, tables, searchText, eventIds } = finding
  return {
    ...finding,
    group: group.map(({ field, value }) => ({ field, value: boundName(value) })),
    people: people.map(boundName),
    tables: tables.map(boundName),
    searchText: boundSearch(searchText, eventIds),
  }
}

function boundName(name: string): string {
  if (name.length <= alertLimits.nameUnitsMax) return name
  const hash = createHash('sha256').update(name).digest('hex').slice(0, hashDigits)
  return `${name.slice(0, alertLimits.nameUnitsMax - hashDigits - 2).toWellFormed()}…#${hash}`
}

const hashDigits = 16

/** A search that is too long to be made finds at least the events that are named. */
function boundSearch(text: string, eventIds: readonly string[]): string {
  if (text.length <= filterLimits.textUnitsMax) return text
  return eventIds
    .slice(0, alertLimits.eventIdsMax)
    .map((id) => printTerm('id', id))
    .join(' OR ')
}

type Placed = { workspaceId: string; finding: Finding; group: string; isMuted: boolean }

async function findJoined(
  transaction: SettingsTransaction,
  { workspaceId, finding, group, isMuted }: Placed,
): Promise<AlertRow | undefined> {
  const statuses = isMuted
    ? (['open', 'acknowledged', 'muted'] as const)
    : (['open', 'acknowledged'] as const)
  return transaction
    .selectFrom('alerts')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('rule_id', '=', finding.rule.id)
    .where('group_json', '=', group)
    .where('status', 'in', statuses)
    .where('last_event_at', '>', shifted(finding.firstEventAt, -joinMsMax))
    .where('first_event_at', '<', shifted(finding.lastEventAt, joinMsMax))
    .orderBy('last_event_at', 'desc')
    .orderBy('id', 'desc')
    .executeTakeFirst()
}

async function join(
  transaction: SettingsTransaction,
  { row, finding, now }: { row: AlertRow; finding: Finding; now: string },
): Promise<WrittenAlert> {
  const known = readList(row.event_ids_json)
  const named = { people: readList(row.people_json), tables: readList(row.tables_json) }
  const isNewest = finding.lastEventAt >= row.last_event_at
  const repeated = new Set(known.filter((id) => finding.eventIds.includes(id))).size
  const eventCount = row.event_count + Math.max(0, finding.eventCount - repeated)
  const columns = {
    updated_at: now,
    first_event_at: finding.firstEventAt < row.first_event_at ? finding.firstEventAt : row.first_event_at,
    last_event_at: isNewest ? finding.lastEventAt : row.last_event_at,
    event_count: eventCount,
    people_json: listText([...named.people, ...finding.people], alertLimits.namesMax),
    tables_json: listText([...named.tables, ...finding.tables], alertLimits.namesMax),
    event_ids_json: listText([...known, ...finding.eventIds], alertLimits.eventIdsMax),
    late: finding.late ? 1 : row.late,
    // The sentence of the newest events says most.
    ...(isNewest && {
      summary: storable(finding.summaryOf(eventCount, named)),
      search_text: storable(finding.searchText),
    }),
  }
  await transaction.updateTable('alerts').set(columns).where('id', '=', row.id).execute()
  return { alert: toAlert({ ...row, ...columns }), became: 'joined', event: undefined }
}

async function openAlert(
  transaction: SettingsTransaction,
  { workspaceId, finding, group, isMuted, now }: Placed & { now: string },
): Promise<WrittenAlert> {
  const row: AlertRow = {
    id: await alertId(transaction, { workspaceId, finding, group }),
    workspace_id: workspaceId,
    rule_id: finding.rule.id,
    rule_title: storable(finding.rule.title),
    rule_level: finding.rule.level,
    group_json: group,
    summary: storable(finding.summaryOf(finding.eventCount)),
    search_text: storable(finding.searchText),
    status: isMuted ? 'muted' : 'open',
    opened_at: now,
    updated_at: now,
    first_event_at: finding.firstEventAt,
    last_event_at: finding.lastEventAt,
    event_count: finding.eventCount,
    people_json: listText(finding.people, alertLimits.namesMax),
    tables_json: listText(finding.tables, alertLimits.namesMax),
    event_ids_json: listText(finding.eventIds, alertLimits.eventIdsMax),
    late: finding.late ? 1 : 0,
    resolution: null,
    reason: null,
  }
  await transaction.insertInto('alerts').values(row).execute()
  await addStep(transaction, { alertId: row.id, at: now, step: 'opened' })
  if (!isMuted) {
    const told = { id: row.id, workspaceId, level: finding.rule.level }
    await enqueueDeliveries(transaction, told, { step: 'opened', at: now })
  }
  const alert = toAlert(row)
  return { alert, became: 'opened', event: openedEvent(alert) }
}

/**
 * The id follows from what began it, so that what is written again after a crash is the same alert. After one that was
 * resolved another one may begin with the same event: it is the next, again after a crash.
 */
async function alertId(
  transaction: SettingsTransaction,
  { workspaceId, finding, group }: Omit<Placed, 'isMuted'>,
): Promise<string> {
  const { rule, firstEventAt, eventIds } = finding
  const begin = [workspaceId, rule.id, group, eventIds[0] ?? firstEventAt]
  for (let before = 0; ; before++) {
    const id = uuidOf(before === 0 ? begin : [...begin, String(before)])
    const taken = await transaction.selectFrom('alerts').select('id').where('id', '=', id).executeTakeFirst()
    if (!taken) return id
  }
}

/** Holds nothing that depends on when it is told, or on how much was found by then: see WrittenAlert. */
function openedEvent({ id, rule, group, firstEventAt }: Alert): EventDraft {
  return {
    id: uuidOf([id, 'alert_opened']),
    type: 'alert_opened',
    actor: { type: 'system', id: 'detections', name: 'Detections' },
    data: { rule, group, firstEventAt },
    targets: [{ type: 'alert', id, name: rule.title }],
  }
}

/** A UUID of version 8 (RFC 9562, section 5.8) of what it is about. */
function uuidOf(parts: readonly string[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

function listText(list: readonly string[], most: number): string {
  return JSON.stringify([...new Set(list)].slice(0, most))
}

/** PostgreSQL keeps no NUL and no lone surrogate in a text; in JSON they are escaped. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD')
}

/** A canonical time, moved; microseconds do not matter for what is a day long. */
function shifted(time: string, ms: number): string {
  return new Date(Date.parse(time) + ms).toISOString()
}
