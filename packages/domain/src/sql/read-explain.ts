import { statementStarts } from './clause-words.ts'
import { readExpression, readQuery } from './read-query.ts'
import { type Source, addRead, addReads, readTableReference } from './read-sources.ts'
import type { Reading } from './reading.ts'
import type { StatementPlace } from './scope.ts'
import { StatementFacts } from './statement-facts.ts'
import { readPath } from './table-names.ts'

const explainOptions = new Set(
  `analyze analyse verbose extended plan for format json text xml yaml ast syntax pipeline estimate query tree formatted
  codegen cost logical distributed io tabular using rewritten validate table override tree type buffers costs timing
  summary wal settings memory serialize partitions header actions indexes graph compact = , ( ) on off true false 1 0
  simplified details rendered_plan html current connection`.split(/\s+/),
)

/** What EXPLAIN explains is read; it counts as what it is only where it is executed. */
export function readExplain(reading: Reading, at: number, to: number, place: StatementPlace): number {
  const { facts } = reading
  let next = at + 1
  let isExecuted = reading.word(at) === 'analyze'
  if (reading.word(next) === '(') {
    const close = reading.closeOf(next)
    const isOptions = !/^(?:select|with|\()$/.test(reading.word(next + 1))
    if (isOptions) {
      for (let option = next; option < close; option++) {
        const isOff =
          /^(?:off|false)$/.test(reading.word(option + 1)) || reading.token(option + 1).kind === 'parameter'
        if (/^analy[sz]e$/.test(reading.word(option))) isExecuted = !isOff
      }
      next = close + 1
    }
  }
  if (reading.word(next) === 'plan' && reading.dialect === 'oracle') next = behindPlan(reading, next, to)
  while (next < to && isExplainOption(reading, next)) {
    isExecuted ||= /^analy[sz]e$/.test(reading.word(next))
    next++
  }
  if (next >= to) {
    facts.addKind('read')
    return to
  }
  const startsStatement = reading.isName(next) && !isTableAlone(reading, next, to)
  if (!startsStatement && reading.isName(next)) {
    // In MySQL another word for DESCRIBE.
    const end = readTableOrQuery(reading, next, to, place)
    if (reading.dialect === 'mysql' || reading.dialect === 'mariadb') facts.kind = 'session'
    return end
  }
  const inner = new StatementFacts()
  const end = withFacts(reading, inner, () => reading.grammar.readStatement(reading, next, to, place))
  for (const { name, access, temporary } of inner.tables) {
    facts.addTable(name, isExecuted ? access : 'read', temporary)
  }
  const { kind } = inner
  facts.addKind(isExecuted && kind !== undefined ? kind : 'read')
  if (isExecuted) for (const flag of inner.flags) facts.flags.add(flag)
  return end
}

/** Oracle: EXPLAIN PLAN SET STATEMENT_ID = 'x' INTO plans FOR statement. */
function behindPlan(reading: Reading, at: number, to: number): number {
  let next = at + 1
  while (next < to && reading.word(next) !== 'for') next++
  return Math.min(next + 1, to)
}

/** Reads with other facts in place; what was not understood counts for the whole text. */
function withFacts(reading: Reading, facts: StatementFacts, read: () => number): number {
  const outer = reading.facts
  reading.facts = facts
  const end = read()
  reading.facts = outer
  outer.understood &&= facts.understood
  return end
}

function isExplainOption(reading: Reading, at: number): boolean {
  const { kind } = reading.token(at)
  if (kind === 'parameter') return true
  const word = reading.word(at)
  if (word === 'table') return reading.word(at + 1) === 'override'
  if (word === '(') return false
  if (word === 'analyze' || word === 'analyse') return true
  return explainOptions.has(word) || reading.word(at + 1) === '=' || reading.word(at - 1) === '='
}

function isTableAlone(reading: Reading, at: number, to: number): boolean {
  const path = readPath(reading, at)
  return path !== undefined && path.next >= to && !statementStarts.has(reading.word(at))
}

export function readTableOrQuery(reading: Reading, at: number, to: number, place: StatementPlace): number {
  reading.facts.addKind('read')
  if (/^(?:select|with|from|values|\()$/.test(reading.word(at)))
    return readQuery(reading, at, to, { ...place, isTop: false })
  const sources: Source[] = []
  readTableReference(reading, at, to, place.scope, sources)
  addReads(reading, sources)
  return to
}

const describedClasses = new Set(['table', 'view', 'extended', 'formatted', 'detail', 'history'])

const otherDescribed =
  /^(?:database|schema|catalog|function|procedure|query|user|warehouse|stage|share|task|pipe|integration|input|output|sequence|stream|role|type|result|file|external|network|masking|row|search|session|connection|volume|provider|recipient|credential|storage|policy|model|alert|secret|event|application|compute|image|notebook)$/

/** DESCRIBE orders; in MySQL DESCRIBE SELECT ... explains. */
export function readDescribe(reading: Reading, at: number, to: number, place: StatementPlace): number {
  const { facts } = reading
  let next = at + 1
  if (/^(?:select|insert|update|delete|with|replace)$/.test(reading.word(next)))
    return readExplain(reading, at, to, place)
  if (reading.word(next) === 'query') return readTableOrQuery(reading, next + 1, to, place)
  facts.addKind('session')
  if (describedClasses.has(reading.word(next + 1)) && reading.isName(next + 2)) {
    // DESCRIBE EXTERNAL TABLE orders
    if (/^(?:external|dynamic|iceberg|event|materialized|semantic)$/.test(reading.word(next))) next++
  }
  if (otherDescribed.test(reading.word(next)) && next + 1 < to) return to
  while (describedClasses.has(reading.word(next)) && next + 1 < to) next++
  if (reading.word(next) === '(') {
    readExpression(reading, next, to, place.scope)
    return to
  }
  const path = readPath(reading, next)
  if (path && reading.word(path.next) !== '(') addRead(reading, path.parts)
  return to
}

const shownLists = new Set(['tables', 'databases', 'schemas', 'variables', 'all'])

/** SHOW COLUMNS FROM orders and SHOW CREATE TABLE orders name a table; most others do not. */
export function readShow(reading: Reading, at: number, to: number): number {
  const { facts } = reading
  facts.addKind('session')
  // DuckDB: SHOW orders describes it.
  const shown = reading.dialect === 'duckdb' ? readPath(reading, at + 1) : undefined
  if (shown && shown.next >= to && !shownLists.has(shown.parts.join('.').toLowerCase()))
    addRead(reading, shown.parts)
  for (let next = at + 1; next < to; next++) {
    const word = reading.word(next)
    const before = reading.word(next - 1)
    const isTable =
      ((word === 'from' || word === 'in') &&
        /^(?:columns|fields|index|indexes|indices|keys|stats|partitions)$/.test(before)) ||
      // Trino: SHOW STATS FOR orders.
      (word === 'for' && before === 'stats')
    const isCreate =
      /^(?:table|view|dictionary)$/.test(word) &&
      (/^(?:create|temporary)$/.test(before) ||
        (reading.dialect === 'redshift' && (next === at + 1 || before === 'external')))
    // ClickHouse may leave the word TABLE out: SHOW CREATE orders.
    const isBare =
      reading.dialect === 'clickhouse' && word === 'create' && (readPath(reading, next + 1)?.next ?? 0) >= to
    const isOption = word === 'partitions' || (word === 'tblproperties' && next === at + 1)
    if (!isTable && !isCreate && !isBare && !isOption) continue
    let name = next + 1
    if (/^(?:table|view)$/.test(reading.word(name)) && reading.isName(name + 1)) name++
    const path = readPath(reading, name)
    if (path && !/^(?:schema|database|account)$/.test(reading.word(name))) {
      // SHOW COLUMNS FROM orders FROM shop
      const isInSchema = /^(?:from|in)$/.test(reading.word(path.next)) && reading.isName(path.next + 1)
      const schema = isInSchema ? (readPath(reading, path.next + 1)?.parts ?? []) : []
      facts.addTable([...schema, ...path.parts].join('.'), 'read')
    }
    return to
  }
  return to
}
