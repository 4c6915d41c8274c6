import type { Reading } from './reading.ts'

/** Their bodies hold statements that are not run now. */
export const routineClasses = new Set([
  'function',
  'procedure',
  'proc',
  'trigger',
  'package',
  'event',
  'task',
  'macro',
  'aggregate',
  'type',
  'method',
  'service',
  'alert',
])

/** In T-SQL and Oracle all that follows these is their body: in a batch, or up to a line with a slash. */
const wholeBatch = new Set(['function', 'procedure', 'proc', 'trigger', 'package', 'type'])

/**
 * Where a routine ends whose class stands at `at`: its body may be a block, which semicolons do not end. The statements
 * in the body are not run now.
 */
export function endOfRoutine(reading: Reading, at: number, to: number): number {
  const { dialect } = reading
  const word = reading.word(at)
  if (dialect === 'tsql' && wholeBatch.has(word) && word !== 'type') return endOfBatch(reading, at, 'go')
  if (dialect === 'oracle' && wholeBatch.has(word)) return endOfBatch(reading, at, '/')
  const begins = findBegin(reading, at, to)
  return begins < 0 ? endOfStatement(reading, at, to) : Math.max(to, endOfBlock(reading, begins))
}

function endOfBatch(reading: Reading, at: number, separator: 'go' | '/'): number {
  let next = at
  while (next < reading.end) {
    if (reading.word(next) === separator && (separator === 'go' || reading.word(next - 1) === ';')) break
    next++
  }
  return next
}

/** The BEGIN of the body, or the end if only declarations follow; below 0 if the body is no block. */
function findBegin(reading: Reading, at: number, to: number): number {
  let limit = to
  for (let next = at; next < limit; next++) {
    const word = reading.word(next)
    if (word === 'begin') return next
    if (word === 'declare' && reading.word(next - 1) === 'as') limit = reading.end
  }
  return limit > to ? limit : -1
}

function endOfBlock(reading: Reading, begins: number): number {
  let depth = 0
  for (let next = begins; next < reading.end; next++) {
    const word = reading.word(next)
    if (word === 'begin' || word === 'case') depth += reading.word(next - 1) === 'end' ? 0 : 1
    else if (word === 'end' && !/^(?:if|loop|while|repeat|for)$/.test(reading.word(next + 1))) depth--
    if (depth === 0) {
      const isNamed = reading.isName(next + 1) && (next + 2 >= reading.end || reading.word(next + 2) === ';')
      return isNamed ? next + 2 : next + 1
    }
  }
  return reading.end
}

const statementStarts = new Set([';', 'row', ')', 'then', 'else', 'do', 'loop', 'repeat'])

/** A body that is one statement of control: FOR EACH ROW IF ... END IF. */
function endOfStatement(reading: Reading, at: number, to: number): number {
  let begins = at
  while (begins < to && reading.word(begins) !== 'row') begins++
  const opening = reading.word(begins + 1)
  if (begins >= to || !/^(?:if|case|while|repeat|loop)$/.test(opening)) return to
  let depth = 0
  for (let next = begins + 1; next < reading.end; next++) {
    if (reading.word(next) !== opening) continue
    if (reading.word(next - 1) === 'end') depth--
    else if (statementStarts.has(reading.word(next - 1))) depth++
    if (depth === 0) return Math.max(to, next + 1)
  }
  return reading.end
}
