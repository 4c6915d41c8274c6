import { readParentheses, readQuery } from './read-query.ts'
import type { Reading } from './reading.ts'
import { type Source, addRead, addReads, addWrite, readTableReference } from './read-sources.ts'
import type { StatementPlace } from './scope.ts'
import { readPath } from './table-names.ts'

/** COPY, UNLOAD, LOAD, EXPORT, PUT and GET. Undefined if the statement is none of them. */
export function readTransfer(
  reading: Reading,
  at: number,
  to: number,
  place: StatementPlace,
): number | undefined {
  switch (reading.word(at)) {
    case 'copy':
    case '\\copy':
      return readCopy(reading, at + 1, to, place)
    case 'unload':
      return readUnload(reading, at + 1, to, place)
    case 'export':
      return readExport(reading, at + 1, to, place)
    case 'load':
      return readLoad(reading, at + 1, to)
    case 'put':
      reading.facts.addKind('import')
      return to
    case 'get':
      reading.facts.addKind(
        /^(?:current|stacked|diagnostics)$/.test(reading.word(at + 1)) ? 'other' : 'export',
      )
      return to
    default:
      return undefined
  }
}

/** COPY orders FROM ..., COPY orders TO ..., COPY (query) TO ..., COPY INTO orders FROM ..., COPY INTO @stage FROM orders. */
function readCopy(reading: Reading, at: number, to: number, place: StatementPlace): number {
  const { facts } = reading
  let next = at
  if (reading.word(next) === 'into') return readCopyInto(reading, next + 1, to, place)
  // Snowflake: from one stage to another.
  if (reading.word(next) === 'files' && reading.word(next + 1) === 'into') {
    facts.addKind('export')
    return to
  }
  if (reading.word(next) === 'from' && reading.word(next + 1) === 'database') {
    facts.addKind('import')
    return to
  }
  if (reading.word(next) === 'binary') next++
  if (reading.word(next) === '(') {
    facts.addKind('export')
    const close = reading.closeOf(next)
    reading.grammar.readStatement(reading, next + 1, Math.min(close, to), { ...place, isTop: false })
    facts.kind = facts.kind === 'read' ? 'export' : facts.kind
    return to
  }
  const path = readPath(reading, next)
  if (!path) {
    facts.addKind('other')
    reading.noteTrouble()
    return to
  }
  next = path.next
  if (reading.word(next) === '(') next = reading.closeOf(next) + 1
  if (reading.word(next) === 'from') {
    facts.addKind('import')
    addWrite(reading, path.parts)
    return to
  }
  if (reading.word(next) !== 'to') reading.noteTrouble()
  facts.addKind('export')
  addRead(reading, path.parts)
  return to
}

function readCopyInto(reading: Reading, at: number, to: number, place: StatementPlace): number {
  const { facts } = reading
  const { scope } = place
  const { kind } = reading.token(at)
  const isExport = kind === 'variable' || kind === 'parameter' || kind === 'string'
  let next = at + 1
  facts.addKind(isExport ? 'export' : 'import')
  if (!isExport) {
    const path = readPath(reading, at)
    if (!path) reading.noteTrouble()
    else addWrite(reading, path.parts)
    next = path?.next ?? next
    if (reading.word(next) === '(') next = reading.closeOf(next) + 1
  }
  while (next < to && reading.word(next) !== 'from') next++
  if (next >= to) return to
  next++
  if (reading.word(next) === '(') {
    next = readParentheses(reading, next, to, scope)
    return to
  }
  const sources: Source[] = []
  if (reading.isName(next)) readTableReference(reading, next, to, scope, sources)
  if (isExport) addReads(reading, sources)
  return to
}

/** UNLOAD ('statement') TO ... (Redshift), UNLOAD (SELECT ...) TO ... (Athena). */
function readUnload(reading: Reading, at: number, to: number, place: StatementPlace): number {
  const { facts } = reading
  if (reading.word(at) !== '(') reading.noteTrouble()
  const inner = reading.token(at + 1)
  if (inner.kind === 'string') reading.readInside(inner.text)
  else if (reading.word(at) === '(')
    readQuery(reading, at + 1, Math.min(reading.closeOf(at), to), { scope: place.scope, isTop: false })
  facts.kind = facts.kind === undefined || facts.kind === 'read' ? 'export' : facts.kind
  facts.addKind('export')
  return to
}

/** EXPORT DATA OPTIONS (...) AS SELECT ... (BigQuery), EXPORT DATABASE (DuckDB), EXPORT TABLE (Hive). */
function readExport(reading: Reading, at: number, to: number, place: StatementPlace): number {
  const { facts } = reading
  facts.addKind('export')
  if (reading.word(at) === 'table') {
    const path = readPath(reading, at + 1)
    if (path) addRead(reading, path.parts)
    return to
  }
  for (let next = at; next < to; next++) {
    if (reading.word(next) === '(') next = reading.closeOf(next)
    else if (reading.word(next) === 'as') {
      readQuery(reading, next + 1, to, { scope: place.scope, isTop: false })
      return to
    }
  }
  return to
}

function readPreloaded(reading: Reading, at: number, to: number): void {
  for (let next = at; next < to; next++) {
    const path = readPath(reading, next)
    if (path) addRead(reading, path.parts)
    while (next < to && reading.word(next) !== ',')
      next = reading.word(next) === '(' ? reading.closeOf(next) + 1 : next + 1
  }
}

/** LOAD DATA ... INTO TABLE orders. LOAD alone loads a library. */
function readLoad(reading: Reading, at: number, to: number): number {
  const { facts } = reading
  if (reading.word(at) === 'index' && reading.word(at + 1) === 'into') {
    // MySQL: LOAD INDEX INTO CACHE a INDEX (x), b.
    facts.addKind('maintenance')
    readPreloaded(reading, at + 3, to)
    return to
  }
  if (reading.word(at) !== 'data' && reading.word(at) !== 'xml') {
    facts.addKind('session')
    return to
  }
  facts.addKind('import')
  for (let next = at; next < to; next++) {
    const word = reading.word(next)
    if (word === '(') next = reading.closeOf(next)
    if (word !== 'into' && !(word === 'overwrite' && reading.dialect === 'bigquery')) continue
    let name = next + 1
    while (/^(?:table|temp|temporary)$/.test(reading.word(name)) && reading.isName(name + 1)) name++
    const path = readPath(reading, name)
    if (path) addWrite(reading, path.parts, reading.word(next + 1).startsWith('temp'))
    return to
  }
  reading.noteTrouble()
  return to
}
