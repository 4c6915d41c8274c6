import { nearestText } from '../../filter/qualifiers.ts'
import {
  ruleLimits,
  type CorrelatedRule,
  type CorrelationCondition,
  type CountRange,
  type EventField,
} from '../rule.ts'
import type { NoteFault, Place } from './faults.ts'
import { readField, readFields, readGroupBy } from './read-alert.ts'
import { readEventField } from './rule-fields.ts'
import {
  checkKeys,
  readChoice,
  readMap,
  readNumber,
  readSpan,
  readText,
  readTexts,
  readTruth,
  type MapNode,
  type TextNode,
} from './rule-node.ts'

/**
 * A correlation as its file has it: the `id` of each of its rules is what is written, an id or a name, and stands at the
 * place of the same index.
 */
export type ReadCorrelation = {
  condition: CorrelationCondition
  groupBy: readonly EventField[]
  places: readonly Place[]
  /** The rules that it names raise alerts of their own as well. */
  generates: boolean
}

const dayMs = 86_400_000

const types = ['event_count', 'value_count', 'temporal', 'temporal_ordered'] as const

const refusedTypes = Object.fromEntries(
  ['value_sum', 'value_avg', 'value_median', 'value_percentile', 'value_min', 'value_max'].map((type) => [
    type,
    `The correlation type ${type} is not supported; the detector above_past compares sums.`,
  ]),
)

/** Reads `correlation`; undefined where it has a fault, which is noted. */
export function readCorrelation(
  map: MapNode,
  correlation: MapNode,
  note: NoteFault,
): ReadCorrelation | undefined {
  const keys = ['type', 'rules', 'group-by', 'timespan', 'condition', 'aliases', 'generate']
  checkKeys(correlation, 'correlation', keys, note)
  for (const key of ['type', 'rules', 'timespan']) {
    if (!correlation.entries.has(key)) note(correlation, `A correlation needs ${key}.`)
  }
  const type = readChoice(correlation, 'type', types, note, refusedTypes)
  const limits = {
    unitsMax: ruleLimits.titleUnitsMax,
    itemsMax: ruleLimits.correlatedMax,
    one: true,
  } as const
  const names = readTexts(correlation, 'rules', limits, note)
  const timespanMs = readSpan(correlation, 'timespan', ruleLimits.timespanMsMax / dayMs, note)
  const group = readGroup(correlation, names, note)
  const generates = [map, correlation].map((holder) => readTruth(holder, 'generate', note)).includes(true)
  if (type === undefined || timespanMs === undefined || group === undefined) return undefined
  if (names.length === 0) {
    const rules = correlation.entries.get('rules')?.value
    return rules?.kind === 'list' && rules.items.length === 0
      ? note(rules, 'A correlation needs rules.')
      : undefined
  }
  const counted = readCounted(correlation, type, names.length, note)
  if (counted === undefined) return undefined
  const rules: CorrelatedRule[] = names.map(({ value }, i) => ({
    id: value,
    groupBy: group.map((fields) => fields[i] ?? fields[0]),
  }))
  return {
    condition: { kind: 'correlation', type, rules, timespanMs, ...counted },
    groupBy: rules[0]?.groupBy ?? [],
    places: names,
    generates,
  }
}

/** Of each name in `group-by` the fields of the rules, by their order; of a plain field one for all of them. */
type GroupFields = readonly [EventField, ...EventField[]]

function readGroup(
  correlation: MapNode,
  names: readonly TextNode[],
  note: NoteFault,
): GroupFields[] | undefined {
  const aliases = readAliases(correlation, names, note)
  const groups = readGroupBy(correlation, note).map((name): GroupFields | undefined => {
    const alias = aliases.get(name.value)
    if (alias !== undefined) return alias
    if (aliases.has(name.value)) return undefined
    const [field] = readFields([name], note)
    return field === undefined ? undefined : [field]
  })
  const read = groups.filter((group) => group !== undefined)
  return read.length < groups.length ? undefined : read
}

/** The fields that stand for each alias; undefined is one with a fault. */
function readAliases(
  correlation: MapNode,
  names: readonly TextNode[],
  note: NoteFault,
): Map<string, GroupFields | undefined> {
  const aliases = new Map<string, GroupFields | undefined>()
  for (const [alias, { key, value }] of readMap(correlation, 'aliases', note)?.entries ?? []) {
    aliases.set(alias, undefined)
    if ('value' in readEventField(alias)) note(key, `"${alias}" is a field: an alias has another name.`)
    else if (value.kind !== 'map') note(value, 'An alias is a map of rules and their fields.')
    else aliases.set(alias, readAlias(alias, key, value, names, note))
  }
  return aliases
}

function readAlias(
  alias: string,
  key: Place,
  fields: MapNode,
  names: readonly TextNode[],
  note: NoteFault,
): GroupFields | undefined {
  const known = names.map(({ value }) => value)
  for (const [rule, entry] of fields.entries) {
    if (known.includes(rule)) continue
    const nearest = nearestText(rule, known)
    note(entry.key, `"${rule}" is none of the rules of this correlation, as they are written there.`, nearest)
  }
  const read = known.map((rule) => {
    const field = readText(fields, rule, ruleLimits.titleUnitsMax, note)
    if (field !== undefined) return readField(field, note)
    return fields.entries.has(rule) ? undefined : note(key, `The alias ${alias} needs a field for ${rule}.`)
  })
  const [first, ...rest] = read.filter((field) => field !== undefined)
  return first === undefined || rest.length + 1 < known.length ? undefined : [first, ...rest]
}

type Counted = Pick<CorrelationCondition, 'range' | 'field'>

function readCounted(
  correlation: MapNode,
  type: CorrelationCondition['type'],
  rules: number,
  note: NoteFault,
): Counted | undefined {
  const isTemporal = type === 'temporal' || type === 'temporal_ordered'
  const node = correlation.entries.get('condition')?.value
  if (node === undefined) {
    if (isTemporal) return { range: { min: rules }, field: undefined }
    return note(correlation, `A correlation ${type} needs a condition.`)
  }
  if (node.kind === 'text') {
    return note(
      node,
      'A condition in words (extended temporal correlations) is not supported; it is a map such as {gte: 2}.',
    )
  }
  const condition = readMap(correlation, 'condition', note)
  if (condition === undefined) return undefined
  const refused = { neq: 'neq is not supported in a correlation: write two of them.' }
  checkKeys(condition, 'condition', [...countKeys, 'field'], note, refused)
  const range = readRange(condition, isTemporal ? rules : Number.MAX_SAFE_INTEGER, note)
  const field = readCountedField(condition, type, note)
  if (range === undefined || (type === 'value_count' && field === undefined)) return undefined
  return { range, field }
}

function readCountedField(
  condition: MapNode,
  type: CorrelationCondition['type'],
  note: NoteFault,
): EventField | undefined {
  const entry = condition.entries.get('field')
  if (type !== 'value_count') {
    return entry === undefined ? undefined : note(entry.key, `A correlation ${type} has no field.`)
  }
  if (entry === undefined)
    return note(condition, 'A correlation value_count needs a field, whose values it counts.')
  if (entry.value.kind === 'list')
    return note(entry.value, 'Several fields in one value_count are not supported.')
  const field = readText(condition, 'field', ruleLimits.titleUnitsMax, note)
  return field === undefined ? undefined : readField(field, note)
}

const countKeys = ['gt', 'gte', 'lt', 'lte', 'eq'] as const

/** A range that has a least count of 1 or more: what has not happened is no event that could be found. */
function readRange(condition: MapNode, countMax: number, note: NoteFault): CountRange | undefined {
  const counts = new Map<string, number>()
  for (const key of countKeys) {
    const count = readNumber(condition, key, { min: 0, max: Number.MAX_SAFE_INTEGER, whole: true }, note)
    if (count !== undefined) counts.set(key, count)
    else if (condition.entries.has(key)) return undefined
  }
  const { gt, gte, lt, lte, eq } = Object.fromEntries(counts)
  if (counts.size === 0) {
    // Keys that are refused have told their fault.
    const isNamed = [...condition.entries.keys()].some((key) => key !== 'field')
    return isNamed ? undefined : note(condition, `The condition needs a count: ${countKeys.join(', ')}.`)
  }
  const mins = [...(gt === undefined ? [] : [gt + 1]), ...present(gte), ...present(eq)]
  const maxes = [...(lt === undefined ? [] : [lt - 1]), ...present(lte), ...present(eq)]
  const min = mins.length === 0 ? undefined : Math.max(...mins)
  const max = maxes.length === 0 ? undefined : Math.min(...maxes)
  if (max !== undefined && max < (min ?? 1)) return note(condition, 'No count fits this condition.')
  if (min === 0) return note(condition, 'A count begins with 1: what did not happen has no events.')
  if (min !== undefined && min > countMax)
    return note(condition, `There are no more than ${countMax} rules to be found.`)
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }
}

function present(count: number | undefined): number[] {
  return count === undefined ? [] : [count]
}
