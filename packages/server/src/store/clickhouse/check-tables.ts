import type { StoreFaults } from '../event-store.ts'
import type { Engine } from './engine.ts'
import { countSeenAstray } from './usage/fill-seen.ts'
import { bucketSql } from './usage/list-queries.ts'

/** Rows whose ids are compared by one query: each takes some 60 bytes of memory. */
const idsPerQuery = 1_000_000

/** Weeks (their Mondays) in which two ways of counting disagree. */
export type WeeksAstray = { tables: string[]; projections: { name: ProjectionName; week: string }[] }

export type ProjectionName = keyof typeof projections

/** What each projection counts, as the migrations define it; `period` is the time of its groups. */
export const projections = {
  counts_by_quarter: {
    table: 'events',
    period: 'toStartOfFifteenMinutes(occurred_at)',
    columns: ['workspace_id', 'type', 'outcome', 'noise'],
    sums: ['count()'],
  },
  queries_by_day: {
    table: 'events',
    period: 'toDate(occurred_at)',
    columns: ['workspace_id', 'fingerprint', 'person', 'type', 'outcome', 'noise', bucketSql],
    // Its sums of fractions are left out: they depend on the order.
    sums: ['count()'],
  },
  tools_by_day: {
    table: 'events',
    period: 'toDate(occurred_at)',
    columns: ['workspace_id', 'tool', 'login', 'application_shown', 'person', 'type', 'outcome', 'noise'],
    sums: ['count()', 'max(occurred_at)'],
  },
  tables_by_day: {
    table: 'event_tables',
    period: 'toDate(occurred_at)',
    columns: ['workspace_id', 'table_name', 'access', 'person', 'tool', 'type', 'noise'],
    sums: ['count()', 'sum(is_first)'],
  },
} as const

/** See `EventStore.findFaults`. */
export async function findFaults(engine: Engine): Promise<StoreFaults> {
  const events = await countRows(engine)
  const astray = await findWeeksAstray(engine)
  return {
    events,
    repeatedEvents: await countRepeats(engine, events),
    tableWeeksAstray: astray.tables.length,
    projectionWeeksAstray: astray.projections.length,
    seenAstray: await countSeenAstray(engine),
    brokenParts: await countBrokenParts(engine),
  }
}

/** Rows of `events`, counted one by one. */
export async function countRows(engine: Engine): Promise<number> {
  const [line] = await engine.queryLines(
    'long',
    'SELECT count() FROM events SETTINGS optimize_use_projections = 0, optimize_trivial_count_query = 0',
  )
  return Number(line)
}

async function countRepeats(engine: Engine, events: number): Promise<number> {
  let repeats = 0
  for (const slice of sliceIds(events)) {
    const [line] = await engine.queryLines(
      'long',
      `SELECT count() - uniqExact(workspace_id, id)
       FROM events
       WHERE ${slice.where}`,
      slice.params,
    )
    repeats += Number(line)
  }
  return repeats
}

/** Conditions that part the events by their ids, so that few enough are compared at once. */
export function sliceIds(events: number): { where: string; params: { slices: number; slice: number } }[] {
  const slices = Math.max(1, Math.ceil(events / idsPerQuery))
  return Array.from({ length: slices }, (_, slice) => ({
    where: 'cityHash64(id) % {slices:UInt32} = {slice:UInt32}',
    params: { slices, slice },
  }))
}

/** Compares sums of hashes, week by week: equal sums of 64-bit hashes mean equal sets of rows. */
export async function findWeeksAstray(engine: Engine): Promise<WeeksAstray> {
  const fromEvents = await sumsByWeek(
    engine,
    `SELECT
       toMonday(occurred_at),
       sum(cityHash64(
         id, node, sequence, toString(table_of), writes = 1, nth = 1, person, noise, toString(tool)
       ))
     FROM events
     ARRAY JOIN
       table_names AS table_of,
       table_writes AS writes,
       arrayEnumerateUniq(table_names) AS nth
     GROUP BY toMonday(occurred_at)
     SETTINGS optimize_use_projections = 0`,
  )
  const fromTables = await sumsByWeek(
    engine,
    `SELECT
       toMonday(occurred_at),
       sum(cityHash64(
         id, node, sequence, toString(table_name), access = 'write', is_first = 1, person, noise, toString(tool)
       ))
     FROM event_tables
     GROUP BY toMonday(occurred_at)
     SETTINGS optimize_use_projections = 0`,
  )
  return {
    tables: differences(fromEvents, fromTables),
    projections: (await Promise.all(names.map(async (name) => compareProjection(engine, name)))).flat(),
  }
}

// The keys of `projections` are what ProjectionName says.
const names = Object.keys(projections) as ProjectionName[]

async function compareProjection(engine: Engine, name: ProjectionName): Promise<WeeksAstray['projections']> {
  const { table, period, columns, sums: counted } = projections[name]
  const values = [...columns.map((_, i) => `key_${i}`), ...counted.map((_, i) => `sum_${i}`)]
  const sums = async (settings: string): Promise<Map<string, string>> =>
    sumsByWeek(
      engine,
      `SELECT
         toMonday(period) AS week,
         sum(cityHash64(period, ${values.join(', ')}))
       FROM (
         SELECT
           ${period} AS period,
           ${[...columns, ...counted].map((column, i) => `${column} AS ${values[i]}`).join(',\n           ')}
         FROM ${table}
         GROUP BY period, ${columns.map((_, i) => `key_${i}`).join(', ')}
       )
       GROUP BY week
       SETTINGS ${settings}`,
    )
  const raw = await sums('optimize_use_projections = 0')
  // A table without rows has no projection to read.
  if (raw.size === 0) return []
  const weeks = differences(raw, await sums('force_optimize_projection = 1'))
  return weeks.map((week) => ({ name, week }))
}

async function sumsByWeek(engine: Engine, sql: string): Promise<Map<string, string>> {
  const lines = await engine.queryLines('long', sql)
  return new Map(
    lines.map((line) => {
      const [week = '', sum = ''] = line.split('\t')
      return [week, sum]
    }),
  )
}

function differences(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): string[] {
  const weeks = [...new Set([...a.keys(), ...b.keys()])].sort()
  return weeks.filter((week) => (a.get(week) ?? '0') !== (b.get(week) ?? '0'))
}

/** Reads every file and compares its checksum: what a disk or a power cut has changed shows here. */
async function countBrokenParts(engine: Engine): Promise<number> {
  let broken = 0
  for (const table of ['events', 'event_tables', 'usage_seen']) {
    const lines = await engine.queryLines(
      'long',
      `CHECK TABLE ${table} SETTINGS check_query_single_value_result = 0`,
      {},
      { mayChange: true },
    )
    // A message may have several lines; only the first of them names its part and the verdict.
    broken += lines.filter((line) => line.split('\t')[1] === '0').length
  }
  return broken
}
