import { AuditError } from '@aleph-audit-log/domain/error'
import { countRows, findWeeksAstray, projections, sliceIds, type ProjectionName } from './check-tables.ts'
import type { Engine } from './engine.ts'
import { keptColumns, readKept } from './kept-event.ts'
import { insertTableRows } from './table-rows.ts'
import { countSeenAstray, fillSeen, listWeeks } from './usage/fill-seen.ts'
import { WeekCopy } from './week-copy.ts'

/** More repeated events than this are no slip, and somebody should look before anything is deleted. */
const repeatedMax = 100_000

/** An event of which there are several rows: the position of the one that stays, and the weeks of all. */
type RepeatedEvent = { workspaceId: string; id: string; node: string; sequence: number; weeks: string[] }

/** See `EventStore.repair`. A week is put right in a table beside the real one and then exchanged at once. */
export async function repairTables(engine: Engine): Promise<void> {
  if (engine.cluster !== undefined) {
    throw new AuditError('conflict', 'The tables of a cluster are not repaired from here: restore a backup.')
  }
  await removeRepeats(engine, await findRepeatedEvents(engine, await countRows(engine)))
  const { tables } = await findWeeksAstray(engine)
  for (const week of tables) await rebuildEventTables(engine, week)
  const { projections: astray } = await findWeeksAstray(engine)
  for (const { name, week } of astray) await rebuildProjection(engine, name, week)
  if ((await countSeenAstray(engine)) > 0)
    for (const week of await listWeeks(engine)) await fillSeen(engine, week)
}

async function findRepeatedEvents(engine: Engine, events: number): Promise<RepeatedEvent[]> {
  const repeated: RepeatedEvent[] = []
  for (const slice of sliceIds(events)) {
    const lines = await engine.queryLines(
      'long',
      `SELECT
         workspace_id,
         toString(id),
         argMin(node, (sequence, node)),
         min(sequence),
         arrayStringConcat(groupUniqArray(toString(toMonday(occurred_at))), ' ')
       FROM events
       WHERE ${slice.where}
       GROUP BY workspace_id, id
       HAVING count() > 1`,
      slice.params,
    )
    for (const line of lines) {
      const [workspaceId = '', id = '', node = '', sequence = '', weeks = ''] = line.split('\t')
      repeated.push({ workspaceId, id, node, sequence: Number(sequence), weeks: weeks.split(' ') })
    }
    if (repeated.length > repeatedMax) {
      throw new AuditError(
        'conflict',
        `More than ${repeatedMax} events stand more than once: nothing was repaired.`,
      )
    }
  }
  return repeated
}

async function removeRepeats(engine: Engine, repeated: RepeatedEvent[]): Promise<void> {
  for (const week of new Set(repeated.flatMap((event) => event.weeks))) {
    const ofWeek = repeated.filter((event) => event.weeks.includes(week))
    await exchangeWeek(engine, 'events', week, async (target) =>
      // Two rows may have the very same position: then LIMIT 1 BY leaves one of them.
      engine.command(
        'long',
        `INSERT INTO ${target}
         SELECT *
         FROM events
         WHERE toMonday(occurred_at) = {week:Date}
           AND (
             (workspace_id, id) NOT IN (
               SELECT (tupleElement(one, 1), tupleElement(one, 2))
               FROM (SELECT arrayJoin(arrayZip({workspaces:Array(String)}, {ids:Array(UUID)})) AS one)
             )
             OR (id, node, sequence) IN (
               SELECT (tupleElement(one, 1), tupleElement(one, 2), tupleElement(one, 3))
               FROM (
                 SELECT arrayJoin(
                   arrayZip({ids:Array(UUID)}, {nodes:Array(String)}, {sequences:Array(UInt64)})
                 ) AS one
               )
             )
           )
         LIMIT 1 BY workspace_id, id`,
        {
          week,
          workspaces: ofWeek.map((event) => event.workspaceId),
          ids: ofWeek.map((event) => event.id),
          nodes: ofWeek.map((event) => event.node),
          sequences: ofWeek.map((event) => event.sequence),
        },
      ),
    )
  }
}

/** Events read for one insert into `event_tables`. */
const eventsPerPage = 5000

/** Makes a week's rows of `event_tables` anew, by the same function that made them when the events came in. */
async function rebuildEventTables(engine: Engine, week: string): Promise<void> {
  await exchangeWeek(engine, 'event_tables', week, async (target) => {
    const positions = await engine.queryLines(
      'long',
      `SELECT
         node,
         sequence
       FROM events
       WHERE toMonday(occurred_at) = {week:Date}
         AND notEmpty(table_names)
       ORDER BY node, sequence
       SETTINGS max_bytes_before_external_sort = 100000000`,
      { week },
    )
    for (let i = 0; i < positions.length; i += eventsPerPage) {
      const page = positions.slice(i, i + eventsPerPage).map((line) => line.split('\t'))
      const lines = await engine.queryLines(
        'long',
        `SELECT ${keptColumns}
         FROM events
         WHERE toMonday(occurred_at) = {week:Date}
           AND sequence >= {first:UInt64}
           AND sequence <= {last:UInt64}
           AND (node, sequence) IN (
             SELECT (tupleElement(one, 1), tupleElement(one, 2))
             FROM (SELECT arrayJoin(arrayZip({nodes:Array(String)}, {sequences:Array(UInt64)})) AS one)
           )`,
        {
          week,
          first: Math.min(...page.map(([, sequence]) => Number(sequence))),
          last: Math.max(...page.map(([, sequence]) => Number(sequence))),
          nodes: page.map(([node]) => node),
          sequences: page.map(([, sequence]) => Number(sequence)),
        },
      )
      await insertTableRows(engine, target, lines.map(readKept))
    }
  })
}

async function rebuildProjection(engine: Engine, name: ProjectionName, week: string): Promise<void> {
  const { table } = projections[name]
  for (const action of ['CLEAR', 'MATERIALIZE']) {
    await engine.command(
      'long',
      `ALTER TABLE ${table} ${action} PROJECTION ${name} IN PARTITION {week:String} SETTINGS mutations_sync = 1`,
      { week },
    )
  }
}

/** Fills a table like `table` with a week as it should be, and puts it in place of the week that is there. */
async function exchangeWeek(
  engine: Engine,
  table: 'events' | 'event_tables',
  week: string,
  fill: (target: string) => Promise<void>,
): Promise<void> {
  const copy = await WeekCopy.create(engine, table, week, 'repair')
  await fill(copy.name)
  await copy.replaceWeek()
  await copy.drop()
}
