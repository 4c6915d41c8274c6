import type { Filter } from '../../filter/filter.ts'
import { readText } from '../../filter/read-term.ts'
import { placeWithin, type NoteFault, type Place } from './faults.ts'
import { allOf, oneOf } from './filter-terms.ts'
import { readModifiers, type Modifiers } from './read-modifiers.ts'
import { oneCharacter, readValue } from './read-value.ts'
import { readSearchField } from './rule-fields.ts'
import type { RuleEntry, RuleNode, ScalarNode } from './rule-node.ts'
import { readSigmaText } from './sigma-text.ts'

/** Reads one search of a detection: a map, or a list of maps and keywords. Undefined where a fault is noted. */
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
  const filters = [...entries].map(([key, entry]) => readField(key, entry, note))
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

function readField(key: string, { key: place, value }: RuleEntry, note: NoteFault): Filter | undefined {
  const reading = readModifiers(key, place, note)
  if (reading === undefined) return undefined
  const { modifiers } = reading
  const values = readValues(value, modifiers, note)
  if (values === undefined) return undefined
  if (reading.field === '') return readKeywords(values, modifiers, place, note)
  const field = readSearchField(reading.field)
  if ('fault' in field) {
    return note(placeWithin(place, key, 0, reading.field.length), field.fault, field.suggestion)
  }
  const filters = values.map((node) => {
    const filter = readValue(field.value, node, modifiers.match)
    return 'fault' in filter ? note(node, filter.fault, filter.suggestion) : filter.value
  })
  const filter = joinRead(filters, modifiers.all ? allOf : oneOf)
  return modifiers.neq && filter !== undefined ? { kind: 'not', term: filter } : filter
}

/** The values of a field: those of a list, or a single one. */
function readValues(node: RuleNode, { all, match }: Modifiers, note: NoteFault): ScalarNode[] | undefined {
  const nodes = node.kind === 'list' ? node.items : [node]
  if (nodes.length === 0) return note(node, 'The list is empty.')
  if (all && nodes.length === 1) return note(node, 'The modifier all is for two values or more.')
  if (match === 'exists' && node.kind === 'list') return note(node, 'exists is true or false.')
  const values: ScalarNode[] = []
  for (const value of nodes) {
    if (value.kind === 'map' || value.kind === 'list') {
      return note(value, 'A value is a text, a number, true, false or null, or a list of them.')
    }
    if (value.kind === 'null' && node.kind === 'list') {
      return note(value, 'null stands alone, never in a list: make another search for it.')
    }
    values.push(value)
  }
  return values
}

function readKeywords(
  values: readonly ScalarNode[],
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
