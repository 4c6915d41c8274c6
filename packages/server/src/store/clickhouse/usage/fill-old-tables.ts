import type { Engine } from '../engine.ts'
import { WeekCopy } from '../week-copy.ts'
import { fillSeen, listWeeks } from './fill-seen.ts'

/**
 * Gives a store from before there were insights what they are made of: each week's rows of `event_tables` anew, and what
 * was seen. It may be stopped and begun again. The tables of a cluster are left as they are: see `areTablesWhole`.
 */
export async function fillFromEvents(engine: Engine): Promise<void> {
  if (engine.cluster === undefined)
    for (const week of await weeksOfOldRows(engine)) await fillOldTables(engine, week)
  for (const week of await listWeeks(engine)) await fillSeen(engine, week)
}

/** Whether every row of `event_tables` has all of its columns: old ones of a cluster go when their weeks do. */
export async function areTablesWhole(engine: Engine): Promise<boolean> {
  return (await weeksOfOldRows(engine)).length === 0
}

async function weeksOfOldRows(engine: Engine): Promise<string[]> {
  return engine.queryLines(
    'long',
    'SELECT DISTINCT toMonday(occurred_at) FROM event_tables WHERE is_first = 2',
  )
}

/** What is inserted is sorted and counted in memory, and what is read may have large texts beside it. */
const fewAtOnce =
  'max_block_size = 8192, min_insert_block_size_rows = 250000, min_insert_block_size_bytes = 50000000, max_insert_threads = 1'

/** As `toTableRows` makes them; so many rows by `toTableRows` itself would keep a start waiting for minutes. */
async function fillOldTables(engine: Engine, week: string): Promise<void> {
  const copy = await WeekCopy.create(engine, 'event_tables', week, 'fill')
  await engine.command(
    'long',
    `INSERT INTO ${copy.name} (
       workspace_id, occurred_at, id, node, sequence, table_name, access, type, email, tool, person, noise, is_first
     )
     SELECT
       workspace_id,
       occurred_at,
       id,
       node,
       sequence,
       table_of,
       if(writes, 'write', 'read'),
       type,
       email_shown,
       tool,
       person,
       noise,
       nth = 1
     FROM events
     ARRAY JOIN
       table_names AS table_of,
       table_writes AS writes,
       arrayEnumerateUniq(table_names) AS nth
     WHERE toMonday(occurred_at) = {week:Date}
     SETTINGS ${fewAtOnce}`,
    { week },
  )
  await copy.replaceWeek()
  await copy.drop()
}
