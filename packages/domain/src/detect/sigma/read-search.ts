import type { Filter } from '../../filter/filter.ts'
import { readTerm, readText } from '../../filter/read-term.ts'
import type { Reading } from '../../filter/reading.ts'
import type { Segment } from '../../filter/tokenize-filter.ts'
import type { NoteFault, Place } from './faults.ts'
import { allOf, oneOf } from './filter-terms.ts'
import { comparisons, readModifiers, type Modifiers } from './read-modifiers.ts'
import { readSearchField, type SearchField } from './rule-fields.ts'
import type { RuleEntry, RuleNode } from './rule-node.ts'
import { anyText, readSigmaText } from './sigma-text.ts'

/** Reads one search of a detection: a map, or a list of maps and keywords. */
export function readSearch(name: string, node: RuleNode, note: NoteFault): Filter | undefined {
  if (node.kind === 'map') return readFields(node.entries, node, note)
  if (node.kind !== 'list')
    return note(node, `"${name}" is a map of fields, or a list of maps or of keywords.`)
  if (node.items.length === 0) return note(node, 'The list is empty.')
  const filters = node.items.map((item) =>
    item.kind === 'map' ? readFields(item.entries, item, note) : readKeyword(item, note),
  )
  return joinRead(filters, oneOf)
}

function readFields(entries: Map<string, RuleEntry>, place: Place, note: NoteFault): Filter | undefined {
  if (entries.size === 0) return note(place, 'The map is empty.')
  const filters = [...entries].map(([key, entry]) => readItem(key, entry, note))
  return joinRead(filters, allOf)
}

/** Undefined where one of them was not read. */
function joinRead(
  filters: readonly (Filter | undefined)[],
  join: (filters: readonly Filter[]) => Filter,
): Filter | undefined {
  const read = filters.filter((filter) => filter !== undefined)
  return read.length < filters.length ? undefined : join(read)
}

function readItem(key: string, { key: place, value }: RuleEntry, note: NoteFault): Filter | undefined {
  const reading = readModifiers(key, place, note)
  if (reading === undefined) return undefined
  const { modifiers } = reading
  const values = readValues(value, modifiers, note)
  if (values === undefined) return undefined
  if (reading.field === '') return readKeywords(values, modifiers, place, note)
  const field = readSearchField(reading.field)
  if ('fault' in field) return note(place, field.fault, field.suggestion)
  if (modifiers.match === 'exists') return readExists(field.value, value, note)
  const filters = values.map((node) => {
    const filter = readValue(field.value, node, modifiers, note)
    if (filter === undefined || !('fault' in filter)) return filter
    return note(node, filter.fault, filter.suggestion)
  })
  const filter = joinRead(filters, modifiers.all ? allOf : oneOf)
  return modifiers.neq && filter !== undefined ? { kind: 'not', term: filter } : filter
}

/** The values of a field: those of a list, or a single one. */
function readValues(node: RuleNode, { all, match }: Modifiers, note: NoteFault): RuleNode[] | undefined {
  const values = node.kind === 'list' ? node.items : [node]
  if (values.length === 0) return note(node, 'The list is empty.')
  if (all && values.length === 1) return note(node, 'The modifier all is for two values or more.')
  if (match === 'exists' && node.kind === 'list') return note(node, 'exists is true or false.')
  for (const value of values) {
    if (value.kind === 'map' || value.kind === 'list') {
      return note(value, 'A value is a text, a number, true, false or null, or a list of them.')
    }
    if (value.kind === 'null' && node.kind === 'list') {
      return note(value, 'null stands alone, never in a list: make another search for it.')
    }
  }
  return values
}

function readKeywords(
  values: readonly RuleNode[],
  { all, match, neq }: Modifiers,
  place: Place,
  note: NoteFault,
): Filter | undefined {
  if (match !== undefined || neq || !all) return note(place, 'Keywords take no modifier but all.')
  return joinRead(
    values.map((value) => readKeyword(value, note)),
    allOf,
  )
}

function readKeyword(node: RuleNode, note: NoteFault): Filter | undefined {
  if (node.kind !== 'text' && node.kind !== 'number') return note(node, 'A keyword is a text or a number.')
  const segments = readSigmaText(String(node.value))
  const reading = segments === undefined ? oneCharacter : readText(segments)
  return 'fault' in reading ? note(node, reading.fault) : reading.value
}

const oneCharacter = {
  fault: String.raw`A search cannot say ? (exactly one character); \? is a question mark, and * any text.`,
}

function readExists(field: SearchField, node: RuleNode, note: NoteFault): Filter | undefined {
  if (node.kind !== 'truth') return note(node, 'exists is true or false.')
  if (field.kind === 'noise') return note(node, 'noise is always there: it is true or false.')
  const there = readTerm(field.qualifier, field.path, [anyText])
  if ('fault' in there) return note(node, there.fault)
  return node.value ? there.value : { kind: 'not', term: there.value }
}

/** Undefined where the fault is noted already. */
function readValue(
  field: SearchField,
  node: RuleNode,
  { match }: Modifiers,
  note: NoteFault,
): Filter | { fault: string; suggestion?: string } | undefined {
  if (field.kind === 'noise') {
    if (match !== undefined || node.kind !== 'truth')
      return { fault: 'noise is true or false, without modifiers.' }
    return node.value ? { kind: 'noise' } : { kind: 'not', term: { kind: 'noise' } }
  }
  const { qualifier, path, name } = field
  const isNumber = qualifier.kind === 'number'
  if (isComparison(match)) return readComparison(field, node, match)
  if (match === 'cidr' && qualifier.name !== 'ip') return { fault: `cidr is for ip, not for ${name}.` }
  if (match !== undefined && isNumber)
    return { fault: `${name} is a number, for which ${match} says nothing.` }
  if (node.kind === 'null' || (node.kind === 'text' && node.value === '')) {
    return readMissing(field, node, match)
  }
  if (node.kind === 'map' || node.kind === 'list') return undefined
  if (isNumber && node.kind !== 'number' && !(node.kind === 'text' && node.value === '*')) {
    return { fault: `${name} is a number, without quotes; ${name}|gt and its like compare.` }
  }
  if (isNumber) return toFilter(readTerm(qualifier, path, [{ text: printNumber(node), quoted: false }]))
  const segments = readSigmaText(String(node.value))
  if (segments === undefined) return oneCharacter
  if (match === 'cidr') {
    if (node.kind === 'text' && /^[^*]+\/\d+$/.test(node.value))
      return toFilter(readTerm(qualifier, path, segments))
    return { fault: 'cidr takes a network such as 10.0.0.0/8 or 2001:db8::/32.' }
  }
  if (qualifier.name === 'ip' && match === undefined && String(node.value).includes('/')) {
    return { fault: 'A network stands behind ip|cidr.', suggestion: 'ip|cidr' }
  }
  return toFilter(readTerm(qualifier, path, toWhole(segments, match)))
}

function toFilter(reading: Reading<Filter>): Filter | { fault: string; suggestion?: string } {
  return 'fault' in reading ? reading : reading.value
}

/** The pieces of a term that covers a value as a whole, around those of a part of it. */
function toWhole(segments: readonly Segment[], match: Modifiers['match']): Segment[] {
  return [
    ...(match === 'contains' || match === 'endswith' ? [anyText] : []),
    ...segments,
    ...(match === 'contains' || match === 'startswith' ? [anyText] : []),
  ]
}

/** `''` and `null`. */
function readMissing(
  { qualifier, path, name }: Extract<SearchField, { kind: 'term' }>,
  node: RuleNode,
  match: Modifiers['match'],
): Filter | { fault: string; suggestion?: string } {
  if (match !== undefined) return { fault: `${match} needs a text.` }
  if (node.kind === 'text' && qualifier.kind === 'data') {
    return {
      fault: `A search cannot ask for an empty text in ${name}; null asks for a missing value.`,
      suggestion: 'null',
    }
  }
  const there = readTerm(qualifier, path, [anyText])
  return 'fault' in there ? there : { kind: 'not', term: there.value }
}

function readComparison(
  { qualifier, path, name }: Extract<SearchField, { kind: 'term' }>,
  node: RuleNode,
  match: keyof typeof comparisons,
): Filter | { fault: string; suggestion?: string } {
  if (qualifier.kind !== 'number' && qualifier.kind !== 'data') {
    return { fault: `${match} compares numbers: duration, rows and data.<path>, not ${name}.` }
  }
  if (node.kind !== 'number') return { fault: `${match} takes a number, without quotes.` }
  const text = `${comparisons[match]}${printNumber(node)}`
  return toFilter(readTerm(qualifier, path, [{ text, quoted: false }]))
}

function isComparison(match: Modifiers['match']): match is keyof typeof comparisons {
  return match !== undefined && match in comparisons
}

/** A number as the search language reads it: whole digits are for integers that a number holds exactly. */
function printNumber({ value }: { value: string | number | boolean }): string {
  const isLarge = Number.isInteger(value) && !Number.isSafeInteger(value)
  return typeof value === 'number' && isLarge ? value.toExponential() : String(value)
}
