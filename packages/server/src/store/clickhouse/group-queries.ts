import { toSearchText } from '@aleph-audit-log/domain/search-text'
import { policyDecisions, type PolicyVerdict, type StatementKind } from '@aleph-audit-log/domain/event'
import type { QueryGroup, QueryGroups, QueryGroupsQuestion, VerdictCount } from '../query-groups.ts'
import type { RestrictedSearch } from '../restricted-search.ts'
import type { Engine } from './engine.ts'
import { fromEngineTime } from './event-row.ts'
import { renderSearch } from './render-search.ts'
import { findSeen } from './usage/usage-seen.ts'

/** Queries: what people do in this product is none. */
const isQuery = "kind != '' AND source != 'app'"

/**
 * See `EventStore.groupQueries`. First the tables of the past are listed, of which there are few: only those that matter
 * part the groups, of which there would be many times more otherwise.
 */
export async function groupQueries(
  engine: Engine,
  search: RestrictedSearch,
  question: QueryGroupsQuestion,
): Promise<QueryGroups> {
  const { where, params } = renderSearch(search)
  const tables = await tablesThatMatter(engine, { where, params }, question)
  const columns = groupColumns(question, tables)
  const keys = columns.map(([name]) => name)
  const lines = await engine.queryLines(
    'interactive',
    `SELECT
       toJSONString(tuple(${keys.join(', ')}, count(), toString(max(at))))
     FROM (
       SELECT
         occurred_at AS at,
         ${columns.map(([name, sql]) => `${sql} AS ${name}`).join(',\n         ')}
       FROM events
       WHERE ${where}
         AND ${isQuery}
     )
     GROUP BY ${keys.join(', ')}
     LIMIT {groups_max:UInt32}`,
    {
      ...params,
      groups_zone: question.zone,
      groups_max: question.groupsMax + 1,
      groups_tables: tables.names === 'all' ? [] : tables.names,
      groups_query_tables: tables.ofQueries === 'all' ? [] : tables.ofQueries,
    },
  )
  return {
    groups: lines.slice(0, question.groupsMax).map((line) => readGroup(line, keys)),
    hasMore: lines.length > question.groupsMax,
  }
}

type Rendered = ReturnType<typeof renderSearch>

/** By database and name. More than a server takes as one parameter are *all*: that parts the groups further, and no less. */
type Names = string[] | 'all'
type Mattering = { names: Names; ofQueries: Names }

/** A server takes a parameter of up to 128 KiB (http_max_field_value_size), in which characters may be escaped. */
const nameBytesMax = 48 * 1024

function namesOf(names: string[]): Names {
  return names.reduce((sum, name) => sum + Buffer.byteLength(name) + 4, 0) > nameBytesMax ? 'all' : names
}

async function tablesThatMatter(
  engine: Engine,
  { where, params }: Rendered,
  { mattersOf }: QueryGroupsQuestion,
): Promise<Mattering> {
  const found = { names: new Array<string>(), ofQueries: new Array<string>() }
  if (mattersOf === undefined) return found
  const lines = await engine.queryLines(
    'interactive',
    `SELECT DISTINCT
       toJSONString(tuple(database, arrayJoin(table_names)))
     FROM events
     WHERE ${where}
       AND ${isQuery}`,
    params,
  )
  for (const line of lines) {
    // What was asked for, in its order.
    const [database, name] = JSON.parse(line) as [string, string]
    const matters = mattersOf(name, database)
    if (matters === undefined) continue
    found.names.push(keyOfTable(database, name))
    if (matters === 'query') found.ofQueries.push(keyOfTable(database, name))
  }
  return { names: namesOf(found.names), ofQueries: namesOf(found.ofQueries) }
}

function keyOfTable(database: string, name: string): string {
  return `${database}\u0000${name}`
}

const tableKeySql = "concat(database, '\\0', name)"

/** The name of each part of a group with its SQL; what was not asked is a constant. */
function groupColumns(
  { by }: QueryGroupsQuestion,
  { names, ofQueries }: Mattering,
): readonly [name: string, sql: string][] {
  const when = (isAsked: boolean, sql: string, constant: string): string => (isAsked ? sql : constant)
  const [hasTables, hasQueries] = [names.length > 0, ofQueries.length > 0]
  const matters = (list: 'groups_tables' | 'groups_query_tables'): string => {
    if ((list === 'groups_tables' ? names : ofQueries) === 'all') return '1'
    return `has({${list}:Array(String)}, ${tableKeySql})`
  }
  const other = (written: 0 | 1): string =>
    when(
      hasTables,
      `arrayExists((name, written) -> written = ${written} AND NOT ${matters('groups_tables')}, table_names, table_writes)`,
      `has(table_writes, ${written})`,
    )
  const isOfQuery = `arrayExists(name -> ${matters('groups_query_tables')}, table_names)`
  const touching = `arrayExists(name -> ${matters('groups_tables')}, table_names)`
  const zoned = 'toTimeZone(occurred_at, {groups_zone:String})'
  return [
    ['day', 'toString(toDate(occurred_at))'],
    ['who', 'person'],
    ['made', 'toString(kind)'],
    [
      'used',
      when(
        hasTables,
        `arrayFilter(one -> one.1 != '', arrayMap((name, written) -> if(${matters('groups_tables')}, (toString(name), written), ('', toUInt8(0))), table_names, table_writes))`,
        "[('', toUInt8(0))]",
      ),
    ],
    ['reads_other', other(0)],
    ['writes_other', other(1)],
    [
      'in_database',
      by.who ? 'toString(database)' : when(hasTables, `if(${touching}, toString(database), '')`, "''"),
    ],
    ['by_email', when(by.who, 'email', "''")],
    ['by_login', when(by.who, 'toString(login)', "''")],
    ['by_source', when(by.who, 'toString(source)', "''")],
    ['by_service', when(by.who, "has(tags, 'person.service')", '0')],
    ['by_tool', when(by.tool, 'toString(tool)', "''")],
    ['by_application', when(by.application, 'application', "''")],
    [
      'by_network',
      when(
        by.network,
        `if(ip_key = '', '', if(startsWith(ip_key, '${'0'.repeat(20)}ffff'), concat(substring(ip_key, 1, 30), '00'), concat(substring(ip_key, 1, 12), '${'0'.repeat(20)}')))`,
        "''",
      ),
    ],
    ['in_hour', when(by.hour, `toHour(${zoned})`, '0')],
    ['on_weekday', when(by.weekday, `toDayOfWeek(${zoned})`, '0')],
    ['like_query', when(hasQueries, `if(${isOfQuery}, fingerprint, '')`, "''")],
    ['selects_star', when(hasQueries, `if(${isOfQuery}, has(flags, 'select_star'), 0)`, '0')],
  ]
}

function readGroup(line: string, keys: readonly string[]): QueryGroup {
  // What was asked for, in its order.
  const values = JSON.parse(line) as unknown[]
  const of = (name: string): unknown => values[keys.indexOf(name)]
  const used = of('used') as [string, number][]
  return {
    day: String(of('day')),
    person: String(of('who')),
    kind: String(of('made')) as StatementKind,
    tables: used.flatMap(([name, written]) =>
      name === '' ? [] : [{ name, access: written === 1 ? ('write' as const) : ('read' as const) }],
    ),
    readsOther: Number(of('reads_other')) === 1,
    writesOther: Number(of('writes_other')) === 1,
    database: String(of('in_database')),
    email: String(of('by_email')),
    login: String(of('by_login')),
    source: String(of('by_source')),
    isService: Number(of('by_service')) === 1,
    tool: String(of('by_tool')),
    application: String(of('by_application')),
    ipKey: String(of('by_network')),
    hour: Number(of('in_hour')),
    weekday: Number(of('on_weekday')),
    fingerprint: String(of('like_query')),
    selectsStar: Number(of('selects_star')) === 1,
    count: Number(values.at(-2)),
    lastAt: fromEngineTime(String(values.at(-1))),
  }
}

/** See `EventStore.readQueryTexts`. */
export async function readQueryTexts(
  engine: Engine,
  search: RestrictedSearch,
  fingerprints: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const seen = await findSeen(engine, 'interactive', { search, kind: 'query' }, fingerprints)
  // Behind the kind, on the first line.
  return new Map([...seen].map(([name, [, , , text]]) => [name, text.slice(text.indexOf('\n') + 1)]))
}

/** See `EventStore.countVerdicts`. */
export async function countVerdicts(engine: Engine, search: RestrictedSearch): Promise<VerdictCount[]> {
  const { where, params } = renderSearch(search)
  // The names as they were written stand in the event alone: a name is told as it is compared.
  const lines = await engine.queryLines(
    'interactive',
    `SELECT
       toJSONString(tuple(toString(toDate(occurred_at)), person, policy, count()))
     FROM events
     WHERE ${where}
       AND notEmpty(policy)
     GROUP BY toDate(occurred_at), person, policy`,
    params,
  )
  return lines.map((line) => {
    // What was asked for, in its order.
    const [day, person, [decision = '', ...policies], count] = JSON.parse(line) as [
      string,
      string,
      string[],
      string,
    ]
    return { day, person, decision: readDecision(decision), policies, count: Number(count) }
  })
}

function readDecision(text: string): PolicyVerdict['decision'] {
  const decision = policyDecisions.find((one) => one === toSearchText(text))
  if (decision === undefined) throw new Error(`The event store has no decision ${JSON.stringify(text)}`)
  return decision
}
