import type { EventData, Json } from '@aleph-audit-log/domain/event'
import type { BindValue, BindValues, StatementFacts } from './protocol/statement-facts.ts'

const bindBytesMax = 64 * 1024
/** A control character is `\u0001` in JSON; a byte is two digits. */
const jsonBytesPerUnitMax = 6
/** Of a value or a list of them: quotes or brackets, comma, and `\x`. */
const jsonBytesMin = 8
/** Values that one event lists, those of all executions of a batch together. */
const bindParametersMax = 1000

/**
 * Adds `bind`, the parameters in their order: `{type: 'text', length}` (characters), `{type: 'bytes', length}` or
 * `{type: 'null'}`, in full mode the values (bytes as `\x` and hex). Of a batch it is a list of such lists, one for each
 * execution. Where values are too large together, or belong to a statement with a secret, types and lengths (with a
 * secret types only) stand for them and `bindReduced` says so. `bindCount` tells how many parameters there are (of a
 * batch: executions) where not all are listed, and `bindIncomplete` that not all of their bytes were read.
 */
export function addBind(
  data: EventData,
  { bind, batch, executions }: Pick<StatementFacts, 'bind' | 'batch' | 'executions'>,
  hasSecret: boolean,
  mode: 'none' | 'types' | 'full',
): void {
  if (bind === undefined) return
  const sets = batch ?? [bind]
  if (mode === 'none') {
    data['bindRemoved'] = true
    data['bindCount'] = bind.count
    return
  }
  if (sets.some(({ isComplete }) => !isComplete)) data['bindIncomplete'] = true
  if (mode === 'full' && !hasSecret) {
    const values = sets.map((set) => set.values.map(toValue))
    const isSmall = countOf(sets) <= bindParametersMax
    const listed = batch === undefined ? (values[0] ?? []) : values
    if (isSmall && (isShort(sets) || Buffer.byteLength(JSON.stringify(listed)) <= bindBytesMax)) {
      data['bind'] = listed
      addCount(data, bind, batch === undefined ? undefined : executions, sets.length)
      return
    }
  }
  if (mode === 'full') data['bindReduced'] = true
  const listed = firstSets(sets)
  const types = listed.map((set) => set.values.slice(0, bindParametersMax).map((v) => toType(v, hasSecret)))
  data['bind'] = batch === undefined ? (types[0] ?? []) : types
  addCount(data, bind, batch === undefined ? undefined : executions, listed.length)
}

function addCount(data: EventData, bind: BindValues, executions: number | undefined, sets: number): void {
  if (executions === undefined) {
    if (bind.count > Math.min(bind.values.length, bindParametersMax)) data['bindCount'] = bind.count
  } else if (executions > sets) data['bindCount'] = executions
}

/** True where their JSON fits for sure, whatever is escaped in it. */
function isShort(sets: readonly BindValues[]): boolean {
  let bytes = 0
  for (const { values } of sets) {
    bytes += jsonBytesMin
    for (const value of values) bytes += jsonBytesMin + (value?.length ?? 0) * jsonBytesPerUnitMax
  }
  return bytes <= bindBytesMax
}

function countOf(sets: readonly BindValues[]): number {
  return sets.reduce((sum, { values }) => sum + values.length, 0)
}

/** As many executions as have no more values together than are listed; one at least. */
function firstSets(sets: readonly BindValues[]): readonly BindValues[] {
  let values = 0
  let end = 0
  while (end < sets.length) {
    values += sets[end]?.values.length ?? 0
    if (end > 0 && values > bindParametersMax) break
    end++
  }
  return sets.slice(0, end)
}

function toValue(value: BindValue): Json {
  return typeof value === 'string' || value === null ? value : `\\x${value.toString('hex')}`
}

function toType(value: BindValue, isSecret: boolean): Json {
  if (value === null) return { type: 'null' }
  const type = typeof value === 'string' ? 'text' : 'bytes'
  if (isSecret) return { type }
  return { type, length: typeof value === 'string' ? Array.from(value).length : value.length }
}
