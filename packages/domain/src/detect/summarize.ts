import type { Reading } from '../filter/reading.ts'
import { readEventField } from './sigma/rule-fields.ts'
import type { EventField, Rule, RuleCondition } from './rule.ts'

/** What is known of an alert when its summary is written. */
export type SummaryFacts = {
  /** The values of its events in a field, most telling first. `hasMore`: there may be others, whose number is not known. */
  valuesOf: (field: EventField) => { values: readonly string[]; hasMore: boolean }
  /** How many events there are. */
  count: number
  /** What was found, in words: see docs/detections.md, "Alerts". */
  value?: string
  /** Of `above_past`. */
  sum?: number
  usual?: number
}

/** How much of hostile values a sentence bears. */
const valueUnitsMax = 80
const valuesShownMax = 3
const placeholdersMax = 20

const placeholderPattern = /\{([^{}]*)\}/g

/** `fields`: the first of them that has values. */
type Placeholder = 'count' | 'value' | 'sum' | 'usual' | { fields: EventField[] }

/** A rule's sentence for an alert: one line, in which each value is bounded, with a sign where something is left out. */
export function summarize({ summary }: Pick<Rule, 'summary'>, facts: SummaryFacts): string {
  return summary.replaceAll(placeholderPattern, (whole, name: string) => {
    const reading = readPlaceholder(name)
    // A title that stands for a summary may have any braces.
    return 'fault' in reading ? whole : fill(reading.value, facts)
  })
}

function fill(placeholder: Placeholder, facts: SummaryFacts): string {
  if (typeof placeholder === 'object') {
    const found = placeholder.fields.map((field) => facts.valuesOf(field))
    const { values, hasMore } = found.find((one) => one.values.length > 0) ?? { values: [], hasMore: false }
    return listValues(values, hasMore)
  }
  if (placeholder === 'value') return facts.value === undefined ? unknown : showValue(facts.value)
  const number = facts[placeholder]
  if (number === undefined) return unknown
  return number.toLocaleString('en-US', { maximumFractionDigits: number >= 100 ? 0 : 1 })
}

const unknown = 'unknown'

/** `a`, `a and b`, `a, b and c`, `a, b and 3 more`, `a, b and at least 3 more`. */
function listValues(values: readonly string[], hasMore: boolean): string {
  const isWhole = values.length <= valuesShownMax && !hasMore
  const shown = values.slice(0, isWhole ? valuesShownMax : valuesShownMax - 1).map(showValue)
  const left = values.length - shown.length
  if (!isWhole) shown.push(left === 0 ? 'others' : `${hasMore ? 'at least ' : ''}${left} more`)
  const last = shown.pop()
  if (last === undefined) return unknown
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`
}

/** Control characters, line ends and what turns the direction of writing, by which a value could pass for other text. */
const unsafePattern = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

function showValue(value: string): string {
  // A short piece first: values have up to half a million characters. Half of a pair at its end is no character.
  const cut = value.slice(0, valueUnitsMax - 1).replace(/[\ud800-\udbff]$/, '')
  const piece = value.length > valueUnitsMax ? `${cut}…` : value
  return piece.toWellFormed().replaceAll(unsafePattern, '\ufffd')
}

/** What is wrong with the summary of a rule, and where in its text (UTF-16 units). */
export function findSummaryFaults(
  summary: string,
  condition: RuleCondition,
): { start: number; end: number; message: string }[] {
  const matches = [...summary.matchAll(placeholderPattern)]
  const faults = matches.flatMap(({ 0: whole, 1: name = '', index }) => {
    const message = findPlaceholderFault(name, condition)
    return message === undefined ? [] : [{ start: index, end: index + whole.length, message }]
  })
  if (matches.length > placeholdersMax) {
    faults.push({
      start: 0,
      end: summary.length,
      message: `A summary has at most ${placeholdersMax} placeholders.`,
    })
  }
  const rest = summary.replaceAll(placeholderPattern, (whole) => ' '.repeat(whole.length))
  for (const { index } of rest.matchAll(/[{}]/g)) {
    faults.push({
      start: index,
      end: index + 1,
      message: 'Braces stand around a placeholder, such as {person}.',
    })
  }
  return faults
}

function findPlaceholderFault(name: string, condition: RuleCondition): string | undefined {
  const reading = readPlaceholder(name)
  if ('fault' in reading) return reading.fault
  const { value } = reading
  if (typeof value === 'object' || value === 'count' || foundBy(condition).has(value)) return undefined
  return `Nothing stands for {${value}} in a rule of this kind.`
}

function readPlaceholder(name: string): Reading<Placeholder> {
  if (name === 'count' || name === 'value' || name === 'sum' || name === 'usual') return { value: name }
  const fields: EventField[] = []
  for (const field of namesIn(name).map(readEventField)) {
    if ('value' in field) fields.push(field.value)
    else {
      return {
        fault: `{${name}} is no placeholder: they are {count}, and {value}, {sum} and {usual} of some rules, and fields. ${field.fault}`,
      }
    }
  }
  return { value: { fields } }
}

/** The fields that a rule's sentence names, as they are written there; what is no field is among them. */
export function fieldNamesIn(summary: string): string[] {
  return [...summary.matchAll(placeholderPattern)].flatMap(([, name = '']) => namesIn(name))
}

/** `a|b`: b where there is no a. */
function namesIn(placeholder: string): string[] {
  return placeholder.split('|')
}

function foundBy(condition: RuleCondition): ReadonlySet<Placeholder> {
  switch (condition.kind) {
    case 'events':
      return new Set()
    case 'correlation':
      return new Set(condition.type === 'value_count' ? (['value'] as const) : [])
    case 'first_seen':
      return new Set(condition.field === undefined ? [] : (['value'] as const))
    case 'above_past':
      return new Set(['sum', 'usual'] as const)
    case 'awakes':
    case 'unusual_hour':
    case 'outside_hours':
    case 'ahead':
    case 'silent':
      return new Set(['value'] as const)
  }
}
