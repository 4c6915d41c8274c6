import type { StoredEvent } from '@aleph-audit-log/domain/event'
import type {
  EventStore,
  Facet,
  FacetField,
  KnownEvent,
  Priority,
  ReadOptions,
  StoredRow,
} from '../event-store.ts'
import type { RestrictedSearch } from '../restricted-search.ts'
import { isWeekBefore } from '../week.ts'
import { appendEvents, RowBuffers } from './append-events.ts'
import { findFaults } from './check-tables.ts'
import { countVerdicts, groupQueries, readQueryTexts } from './group-queries.ts'
import { countAccess } from './count-access.ts'
import { countByTime } from './count-by-time.ts'
import type { Engine } from './engine.ts'
import { groupEvents } from './group-events.ts'
import { keptColumns, readKept } from './kept-event.ts'
import { migrateEngine } from './migrate-engine.ts'
import { readBehind } from './read-behind.ts'
import { readEventLines } from './read-event-lines.ts'
import { readIds } from './read-ids.ts'
import { searchEvents } from './read-page.ts'
import { renderSearch } from './render-search.ts'
import { repairTables } from './repair-tables.ts'
import { rewriteEvents } from './rewrite-events.ts'
import { listNewTables } from './usage/list-new-tables.ts'
import { createClickHouseUsage } from './usage/clickhouse-usage.ts'
import { areTablesWhole } from './usage/fill-old-tables.ts'
import { SeenTeller } from './usage/tell-seen.ts'

/** Ids per look-up: a server takes a parameter of up to 128 KiB (http_max_field_value_size), and an id is 39 bytes. */
const idsPerQuery = 3000

/** Opens the event store on a ClickHouse engine and brings its tables up to date. Closes the engine with itself. */
export async function openClickHouseEventStore(engine: Engine): Promise<EventStore> {
  await migrateEngine(engine)
  const isAstray = !(await areTablesWhole(engine))
  const means = { buffers: new RowBuffers(), teller: new SeenTeller(engine) }
  return {
    appendEvents: (events, options) => appendEvents(engine, means, events, options),
    findEvents: (workspaceId, ids) => findEvents(engine, workspaceId, ids),
    lastSequence: (node) => lastSequence(engine, node),
    searchEvents: (search, page, options = {}) =>
      searchEvents(watch(engine, options), search, page, options.priority ?? 'interactive'),
    readEventLines: (search, what, options = {}) =>
      readEventLines(watch(engine, options), search, what, options.priority ?? 'interactive'),
    readBehind: (search, range, page, options = {}) =>
      readBehind(watch(engine, options), renderSearch(search), range, page),
    readAllBehind: (range, page) => readBehind(engine, { where: '1', params: {} }, range, page),
    readEvent: (search, id, options) => readEvent(watch(engine, options), search, id),
    countByTime: (search, intervalMs, options) => countByTime(watch(engine, options), search, intervalMs),
    countByField: (search, field, valuesMax, options = {}) =>
      countByField(watch(engine, options), search, field, valuesMax, options.priority ?? 'interactive'),
    countEvents: (search, options = {}) =>
      countEvents(watch(engine, options), search, options.priority ?? 'interactive'),
    groupQueries: (search, question, options) => groupQueries(watch(engine, options), search, question),
    readQueryTexts: (search, names, options) => readQueryTexts(watch(engine, options), search, names),
    countVerdicts: (search, options) => countVerdicts(watch(engine, options), search),
    countAccess: (search, question, options) => countAccess(watch(engine, options), search, question),
    group: (search, question, options = {}) =>
      groupEvents(watch(engine, options), search, question, options.priority ?? 'interactive'),
    newTables: (search, limit, options = {}) =>
      listNewTables(watch(engine, options), search, limit, options, isAstray),
    countDiskBytes: () => countDiskBytes(engine),
    usage: createClickHouseUsage((options) => watch(engine, options), { isAstray }),
    dropWeeksBefore: (time, weeksMax) => dropWeeksBefore(engine, time, weeksMax),
    readIds: (beyond, onIds) => readIds(engine, beyond, onIds),
    readRows: (node, first, last) => readRows(engine, node, first, last),
    detachedParts: () => detachedParts(engine),
    dropDetachedParts: () => dropDetachedParts(engine),
    findFaults: () => findFaults(engine),
    repair: () => repairTables(engine),
    rewriteEvents: (change, options) => rewriteEvents(engine, change, options),
    close: () => engine.close(),
  }
}

/** The engine as one call sees it: every query of the call stops when nobody waits for the call any more. */
function watch(engine: Engine, { signal }: ReadOptions = {}): Engine {
  if (!signal) return engine
  return {
    ...engine,
    queryLines: (lane, sql, params) => engine.queryLines(lane, sql, params, { signal }),
    queryBytes: (lane, sql, params) => engine.queryBytes(lane, sql, params, { signal }),
  }
}

async function findEvents(
  engine: Engine,
  workspaceId: string,
  ids: readonly string[],
): Promise<KnownEvent[]> {
  const found: KnownEvent[] = []
  for (let i = 0; i < ids.length; i += idsPerQuery) {
    const lines = await engine.queryLines(
      'apply',
      `SELECT
         toString(id),
         node,
         sequence,
         content_hash
       FROM events
       WHERE workspace_id = {workspace:String}
         AND id IN {ids:Array(UUID)}`,
      { workspace: workspaceId, ids: ids.slice(i, i + idsPerQuery) },
    )
    for (const line of lines) {
      const [id = '', node = '', sequence = '', contentHash = ''] = line.split('\t')
      found.push({ id, position: { node, sequence: Number(sequence) }, contentHash })
    }
  }
  return found
}

async function lastSequence(engine: Engine, node: string): Promise<number> {
  await engine.settleInserts(['events', 'event_tables'])
  const [line] = await engine.queryLines(
    'apply',
    `SELECT greatest(
       (SELECT max(sequence) FROM events WHERE node = {node:String}),
       (SELECT max(sequence) FROM event_tables WHERE node = {node:String})
     )`,
    { node },
  )
  return Number(line ?? '0')
}

async function readEvent(
  engine: Engine,
  search: RestrictedSearch,
  id: string,
): Promise<StoredEvent | undefined> {
  const { where, params } = renderSearch(search)
  const [line] = await engine.queryLines(
    'interactive',
    `SELECT ${keptColumns}
     FROM events
     WHERE ${where}
       AND id = {event_id:UUID}
     LIMIT 1`,
    { ...params, event_id: id },
  )
  return line === undefined ? undefined : readKept(line)
}

/** What a facet counts, as people wrote it; empty texts are left out. */
const facetExpressions: Record<FacetField, string> = {
  type: 'type',
  actor: 'actor_shown',
  email: 'email_shown',
  table: 'arrayJoin(arrayDistinct(table_names))',
  outcome: 'outcome',
  database: 'database_shown',
  application: 'application_shown',
  source: 'source',
  kind: 'kind',
  tool: 'tool',
}

async function countByField(
  engine: Engine,
  search: RestrictedSearch,
  field: FacetField,
  valuesMax: number,
  lane: Priority,
): Promise<Facet> {
  const { where, params } = renderSearch(search)
  const lines = await engine.queryLines(
    lane,
    `SELECT
       toJSONString(value),
       events,
       sum(events) OVER ()
     FROM (
       SELECT
         ${facetExpressions[field]} AS value,
         count() AS events
       FROM events
       WHERE ${where}
       GROUP BY value
       HAVING value != ''
     )
     ORDER BY events DESC, value
     LIMIT {values:UInt32}`,
    { ...params, values: valuesMax },
  )
  let all = 0
  const values = lines.map((line) => {
    const [value = '""', count, total] = line.split('\t')
    all = Number(total)
    return { value: String(JSON.parse(value)), count: Number(count) }
  })
  return { values, other: all - values.reduce((sum, { count }) => sum + count, 0) }
}

async function countEvents(engine: Engine, search: RestrictedSearch, lane: Priority): Promise<number> {
  const { where, params } = renderSearch(search)
  const [line] = await engine.queryLines(lane, `SELECT count() FROM events WHERE ${where}`, params)
  return Number(line ?? '0')
}

async function dropWeeksBefore(engine: Engine, time: string, weeksMax: number): Promise<string[]> {
  const lines = await engine.queryLines(
    'apply',
    `SELECT DISTINCT
       table,
       partition
     FROM system.parts
     WHERE database = currentDatabase()
       AND table IN ('events', 'event_tables')
       AND active
     ORDER BY partition`,
  )
  const dropped = new Set<string>()
  for (const line of lines) {
    const [table = '', week = ''] = line.split('\t')
    if (!isWeekBefore(week, time) || (!dropped.has(week) && dropped.size >= weeksMax)) continue
    await engine.command('apply', `ALTER TABLE ${table} DROP PARTITION {week:String}`, { week })
    dropped.add(week)
  }
  return [...dropped]
}

async function readRows(engine: Engine, node: string, first: number, last: number): Promise<StoredRow[]> {
  const lines = await engine.queryLines(
    'long',
    `SELECT ${keptColumns}
     FROM events
     WHERE node = {node:String}
       AND sequence BETWEEN {first:UInt64} AND {last:UInt64}
     ORDER BY sequence`,
    { node, first, last },
  )
  return lines.map((line) => {
    const event = readKept(line)
    return { sequence: event.position.sequence, event: JSON.stringify(event) }
  })
}

async function countDiskBytes(engine: Engine): Promise<number> {
  const [line] = await engine.queryLines(
    'interactive',
    `SELECT sum(bytes_on_disk)
     FROM system.parts
     WHERE database = currentDatabase()
       AND active`,
  )
  return Number(line ?? '0')
}

async function detachedParts(engine: Engine): Promise<string[]> {
  return engine.queryLines(
    'apply',
    `SELECT concat(table, '/', name)
     FROM system.detached_parts
     WHERE database = currentDatabase()`,
  )
}

async function dropDetachedParts(engine: Engine): Promise<void> {
  for (const part of await detachedParts(engine)) {
    const [table = '', name = ''] = part.split('/')
    await engine.command(
      'apply',
      `ALTER TABLE ${table} DROP DETACHED PART {name:String} SETTINGS allow_drop_detached = 1`,
      { name },
    )
  }
}
