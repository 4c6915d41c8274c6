import { normalizedMax } from '../../seen.ts'
import type { Engine } from '../engine.ts'

const scopes = { everything: '1', queries: "type = 'query'" } as const

/**
 * Tells the table of what was seen everything that a week's events tell: for events from before there was the table,
 * events whose SQL was read anew, and repairs. Telling twice changes nothing.
 */
export async function fillSeen(engine: Engine, week: string): Promise<void> {
  for (const [scope, condition] of Object.entries(scopes)) {
    for (const select of [peopleOf(condition), tablesOf(condition), queriesOf(condition)]) {
      await engine.command('long', `INSERT INTO usage_seen ${select}`, { week, scope })
    }
  }
}

/** An event may have half of a surrogate pair as an escape, which the engine does not take for JSON. */
const wholeJson = String.raw`if(isValidJSON(event), event, replaceRegexpAll(event, '\\\\u[dD][89a-fA-F][0-9a-fA-F]{2}', '\\\\ufffd'))`

const ofWeek = 'toMonday(occurred_at) = {week:Date}'

/** What stands in an event's JSON is read of those events alone that say what counts. */
function peopleOf(condition: string): string {
  return `SELECT
      workspace_id,
      'person',
      {scope:String},
      who,
      any(first_of),
      max(occurred_at),
      max((
        occurred_at,
        concat(JSONExtractString(${wholeJson}, 'actor', 'type'), '\\n', replaceAll(email_shown, '\\n', ' '), '\\n', name_shown)
      )),
      ''
    FROM (
      SELECT
        workspace_id,
        person AS who,
        occurred_at,
        event,
        email_shown,
        name_shown
      FROM events
      WHERE ${ofWeek}
        AND ${condition}
    ) AS said
    INNER JOIN (
      SELECT
        workspace_id,
        person AS who,
        min(occurred_at) AS first_of,
        max(occurred_at) AS last_of
      FROM events
      WHERE ${ofWeek}
        AND ${condition}
      GROUP BY workspace_id, who
    ) AS ends ON said.workspace_id = ends.workspace_id AND said.who = ends.who AND said.occurred_at = ends.last_of
    WHERE who != ''
    GROUP BY workspace_id, who`
}

function tablesOf(condition: string): string {
  return `SELECT
      workspace_id,
      'table',
      {scope:String},
      table_name,
      min(occurred_at),
      max(occurred_at),
      (max(occurred_at), ''),
      ''
    FROM event_tables
    WHERE ${ofWeek}
      AND ${condition}
      AND table_name != ''
    GROUP BY workspace_id, table_name`
}

function queriesOf(condition: string): string {
  return `SELECT
      workspace_id,
      'query',
      {scope:String},
      fingerprint,
      any(first_of),
      any(last_of),
      (any(last_of), ''),
      max(concat(
        kind,
        '\\n',
        substringUTF8(JSONExtractString(${wholeJson}, 'statement', 'normalized'), 1, ${normalizedMax + 1})
      ))
    FROM (
      SELECT
        workspace_id,
        fingerprint,
        kind,
        id,
        event
      FROM events
      WHERE ${ofWeek}
        AND ${condition}
    ) AS said
    INNER JOIN (
      SELECT
        workspace_id,
        fingerprint,
        min(occurred_at) AS first_of,
        max(occurred_at) AS last_of,
        min(id) AS id
      FROM events
      WHERE ${ofWeek}
        AND ${condition}
        AND fingerprint != ''
      GROUP BY workspace_id, fingerprint
    ) AS ends ON said.workspace_id = ends.workspace_id AND said.fingerprint = ends.fingerprint AND said.id = ends.id
    GROUP BY workspace_id, fingerprint`
}

/** How many people, tables and queries of the events were not seen, or not when the events say. */
export async function countSeenAstray(engine: Engine): Promise<number> {
  let astray = 0
  for (const [scope, condition] of Object.entries(scopes)) {
    for (const [kind, from] of Object.entries(namesOf)) {
      const [line] = await engine.queryLines(
        'long',
        `SELECT count()
         FROM (
           SELECT
             workspace_id,
             name_of,
             min(occurred_at) AS first_of,
             max(occurred_at) AS last_of
           FROM (${from(condition)})
           WHERE name_of != ''
           GROUP BY workspace_id, name_of
         ) AS told
         LEFT JOIN (
           SELECT
             workspace_id,
             name AS name_of,
             min(first_at) AS first_seen,
             max(last_at) AS last_seen,
             max(text) AS text_seen
           FROM usage_seen
           WHERE kind = {kind:String}
             AND scope = {scope:String}
           GROUP BY workspace_id, name_of
         ) AS seen USING (workspace_id, name_of)
         WHERE first_seen > first_of
           OR last_seen < last_of
           OR ({kind:String} = 'query' AND text_seen = '')`,
        { kind, scope },
      )
      astray += Number(line)
    }
  }
  return astray
}

const namesOf = {
  person: (condition: string) =>
    `SELECT workspace_id, person AS name_of, occurred_at FROM events WHERE ${condition}`,
  table: (condition: string) =>
    `SELECT workspace_id, table_name AS name_of, occurred_at FROM event_tables WHERE ${condition}`,
  query: (condition: string) =>
    `SELECT workspace_id, fingerprint AS name_of, occurred_at FROM events WHERE ${condition}`,
} as const

/** Weeks that have events or rows of tables. */
export async function listWeeks(engine: Engine): Promise<string[]> {
  return engine.queryLines(
    'long',
    `SELECT DISTINCT partition
     FROM system.parts
     WHERE database = currentDatabase()
       AND table IN ('events', 'event_tables')
       AND active
     ORDER BY partition`,
  )
}
