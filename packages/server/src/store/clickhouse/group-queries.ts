import { AuditError } from '@aleph-audit-log/domain/error'
import { toSearchText } from '@aleph-audit-log/domain/search-text'
import { policyDecisions, type PolicyVerdict, type StatementKind } from '@aleph-audit-log/domain/event'
import type { ClassUse, QueryGroup, QueryGroups, QueryGroupsQuestion, VerdictCount } from '../query-groups.ts'
import type { RestrictedSearch } from '../restricted-search.ts'
import type { Engine, QueryParams } from './engine.ts'
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
  const classes = await classesOf(engine, { where, params }, question)
  const rendered = renderClasses(classes)
  const hasTables = classes.keys.length > 0
  const columns = groupColumns(question, classes)
  const keys = columns.map(([name]) => name)
  const lines = await engine.queryLines(
    'interactive',
    `SELECT
       toJSONString(tuple(${keys.join(', ')}, sumMap(names, arrayMap(name -> toUInt64(1), names)), count(), toString(max(at))))
     FROM (
       SELECT
         occurred_at AS at,
         ${hasTables ? `arrayMap(name -> ${rendered.sql}, table_names)` : "CAST([], 'Array(UInt16)')"} AS classes,
         ${hasTables ? 'arrayDistinct(arrayFilter((name, class) -> class > 0, table_names, classes))' : "CAST([], 'Array(String)')"} AS names,
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
      groups_by_query: classes.byQuery,
      ...rendered.params,
    },
  )
  return {
    groups: lines.slice(0, question.groupsMax).map((line) => readGroup(line, keys, classes.names)),
    hasMore: lines.length > question.groupsMax,
  }
}

type Rendered = ReturnType<typeof renderSearch>

/** Tables that matter with the number of their class, from 1; a name that is of one class everywhere is asked without database. */
type Classes = {
  keys: string[]
  numbers: number[]
  names: string[]
  byQuery: number[]
  usesDatabase: boolean
}

/** A server takes a parameter of up to 128 KiB (http_max_field_value_size), in which characters may be escaped. */
const keyBytesMax = 48 * 1024
/** So many parameters of that size. */
const keyListsMax = 20

async function classesOf(
  engine: Engine,
  { where, params }: Rendered,
  { classOf }: QueryGroupsQuestion,
): Promise<Classes> {
  const found: [database: string, name: string, number: number][] = []
  const numbers = new Map<string, number>()
  const byQuery = new Set<number>()
  const classesOfName = new Map<string, Set<number>>()
  const lines =
    classOf === undefined
      ? []
      : await engine.queryLines(
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
    const known = classOf?.(name, database)
    const number = known === undefined ? 0 : (numbers.get(known.name) ?? numbers.size + 1)
    if (known !== undefined) numbers.set(known.name, number)
    if (known?.byQuery === true) byQuery.add(number)
    classesOfName.set(name, (classesOfName.get(name) ?? new Set()).add(number))
    if (number > 0) found.push([database, name, number])
  }
  const usesDatabase = [...classesOfName.values()].some((classes) => classes.size > 1)
  const keys = new Map(
    found.map(([database, name, number]) => [usesDatabase ? `${database}\u0000${name}` : name, number]),
  )
  return {
    keys: [...keys.keys()],
    numbers: [...keys.values()],
    names: [...numbers.keys()],
    byQuery: [...byQuery],
    usesDatabase,
  }
}

/** The number of the class of `name` as SQL, and the parameters that it needs. Throws AuditError('too_large'). */
function renderClasses({ keys, numbers, usesDatabase }: Classes): { sql: string; params: QueryParams } {
  const params: QueryParams = {}
  let sql = 'toUInt16(0)'
  let list = 0
  for (let start = 0; start < keys.length; list++) {
    let end = start
    for (let bytes = 0; end < keys.length && bytes < keyBytesMax; end++)
      bytes += Buffer.byteLength(keys[end]!) + 4
    if (list === keyListsMax) throw new AuditError('too_large', 'Too many different tables matter to this.')
    params[`groups_keys_${list}`] = keys.slice(start, end)
    params[`groups_classes_${list}`] = numbers.slice(start, end)
    const key = usesDatabase ? "concat(database, '\\0', name)" : 'toString(name)'
    sql = `transform(${key}, {groups_keys_${list}:Array(String)}, {groups_classes_${list}:Array(UInt16)}, ${sql})`
    start = end
  }
  return { sql, params }
}

/** The name of each part of a group with its SQL; what was not asked is a constant. */
function groupColumns(
  { by }: QueryGroupsQuestion,
  { keys, byQuery }: Classes,
): readonly [name: string, sql: string][] {
  const when = (isAsked: boolean, sql: string, constant: string): string => (isAsked ? sql : constant)
  const hasTables = keys.length > 0
  const other = (written: 0 | 1): string =>
    when(
      hasTables,
      `arrayExists((class, written) -> class = 0 AND written = ${written}, classes, table_writes)`,
      `has(table_writes, ${written})`,
    )
  const touching = 'arrayExists(class -> class > 0, classes)'
  const isOfQuery = 'hasAny(classes, {groups_by_query:Array(UInt16)})'
  const zoned = 'toTimeZone(occurred_at, {groups_zone:String})'
  return [
    ['day', 'toString(toDate(occurred_at))'],
    ['who', 'person'],
    ['made', 'toString(kind)'],
    [
      'used',
      when(
        hasTables,
        'arraySort(arrayDistinct(arrayFilter(one -> one > 1, arrayMap((class, written) -> toUInt32(class) * 2 + written, classes, table_writes))))',
        '[toUInt32(0)]',
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
    ['by_network', when(by.network, networkSql, "''")],
    ['in_hour', when(by.hour, `toHour(${zoned})`, '0')],
    ['on_weekday', when(by.weekday, `toDayOfWeek(${zoned})`, '0')],
    ['like_query', when(byQuery.length > 0, `if(${isOfQuery}, fingerprint, '')`, "''")],
    ['selects_star', when(byQuery.length > 0, `if(${isOfQuery}, has(flags, 'select_star'), 0)`, '0')],
  ]
}

const networkSql = `if(
  ip_key = '',
  '',
  if(
    startsWith(ip_key, '${'0'.repeat(20)}ffff'),
    concat(substring(ip_key, 1, 30), '00'),
    concat(substring(ip_key, 1, 12), '${'0'.repeat(20)}')
  )
)`

function readGroup(line: string, keys: readonly string[], classNames: readonly string[]): QueryGroup {
  // What was asked for, in its order.
  const values = JSON.parse(line) as unknown[]
  const of = (name: string): unknown => values[keys.indexOf(name)]
  // Counts of 64 bits are texts in JSON.
  const [names, counts] = values.at(-3) as [string[], (string | number)[]]
  return {
    day: String(of('day')),
    person: String(of('who')),
    kind: String(of('made')) as StatementKind,
    uses: (of('used') as number[]).flatMap((use): ClassUse[] => {
      const name = classNames[(use >> 1) - 1]
      return name === undefined ? [] : [{ class: name, access: (use & 1) === 1 ? 'write' : 'read' }]
    }),
    tables: names.map((name, i) => ({ name, count: Number(counts[i]) })),
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
