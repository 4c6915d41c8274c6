import { ruleLevels, ruleLimits, ruleStatuses, type Rule } from '../rule.ts'
import type { NoteFault } from './faults.ts'
import { readChoice, readMap, readText, readTexts, type MapNode } from './rule-node.ts'

/** What stands above a rule. */
export type RuleHeader = Pick<
  Rule,
  'id' | 'name' | 'title' | 'description' | 'level' | 'status' | 'tags' | 'references' | 'falsePositives'
>

const listItemsMax = 50
const { titleUnitsMax, textUnitsMax } = ruleLimits

/** Undefined where a rule cannot be without what is missing; other faults are noted beside. */
export function readHeader(map: MapNode, note: NoteFault): RuleHeader | undefined {
  const lists = { unitsMax: textUnitsMax, itemsMax: listItemsMax } as const
  const title = readText(map, 'title', titleUnitsMax, note)
  if (!map.entries.has('title')) note(map, 'A rule needs a title.')
  const id = readId(map, note)
  const header = {
    name: readName(map, note),
    description: readText(map, 'description', textUnitsMax, note)?.value.trim() ?? '',
    level: readChoice(map, 'level', ruleLevels, note) ?? 'medium',
    status: readChoice(map, 'status', ruleStatuses, note) ?? 'experimental',
    tags: readTags(map, note),
    references: readTexts(map, 'references', lists, note).map(({ value }) => value),
    falsePositives: readTexts(map, 'falsepositives', { ...lists, one: true }, note).map(({ value }) => value),
  }
  checkLogSource(map, note)
  checkUnused(map, note)
  return title === undefined || id === undefined ? undefined : { id, title: title.value, ...header }
}

const uuidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

function readId(map: MapNode, note: NoteFault): string | undefined {
  if (!map.entries.has('id'))
    return note(map, 'A rule needs an id: a UUID of its own, such as uuidgen makes.')
  const id = readText(map, 'id', titleUnitsMax, note)
  if (id === undefined || uuidPattern.test(id.value)) return id?.value.toLowerCase()
  return note(id, 'The id is a UUID such as 0e95725d-7320-415d-80f7-004da920fc11.')
}

function readName(map: MapNode, note: NoteFault): string | undefined {
  const name = readText(map, 'name', titleUnitsMax, note)
  if (name === undefined || /^[A-Za-z0-9_.-]+$/.test(name.value)) return name?.value
  return note(name, 'A name has letters, digits, _ , - and . alone.')
}

function readTags(map: MapNode, note: NoteFault): string[] {
  const tags = readTexts(map, 'tags', { unitsMax: titleUnitsMax, itemsMax: listItemsMax }, note)
  return tags.flatMap((tag) => {
    if (/^[a-z0-9_-]+\.[a-z0-9._-]+$/.test(tag.value)) return [tag.value]
    return (
      note(tag, 'A tag has a namespace, such as attack.t1110, in small letters, digits, _ , - and dots.') ??
      []
    )
  })
}

const ourTaxonomies = ['sigma', 'aleph_audit_log'] as const

/** Our log is one: what would choose another is refused, because the rule would look into the wrong one. */
function checkLogSource(map: MapNode, note: NoteFault): void {
  readChoice(map, 'taxonomy', ourTaxonomies, note)
  const source = readMap(map, 'logsource', note)
  if (source === undefined) return
  for (const [key, { key: place }] of source.entries) {
    if (key === 'product') readChoice(source, 'product', ['aleph_audit_log'], note)
    else if (key === 'definition') readText(source, 'definition', textUnitsMax, note)
    else note(place, `The logsource has no ${key} here: say source or type in the detection.`)
  }
}

const relations = ['derived', 'obsolete', 'merged', 'renamed', 'similar'] as const

/** What Sigma has for readers and other programs: looked at for its form alone. */
function checkUnused(map: MapNode, note: NoteFault): void {
  const texts = { unitsMax: titleUnitsMax, itemsMax: listItemsMax }
  for (const key of ['fields', 'scope']) readTexts(map, key, texts, note)
  for (const key of ['author', 'license']) readText(map, key, titleUnitsMax, note)
  for (const key of ['date', 'modified']) {
    const date = readText(map, key, titleUnitsMax, note)
    if (date !== undefined && !/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(date.value)) {
      note(date, `${key} is a day such as 2026-11-22.`)
    }
  }
  const related = map.entries.get('related')?.value
  if (related === undefined) return
  if (related.kind !== 'list') return note(related, 'related is a list of maps with id and type.')
  for (const item of related.items) {
    if (item.kind !== 'map') note(item, 'related is a list of maps with id and type.')
    else {
      readId(item, note)
      if (!item.entries.has('type')) note(item, 'related needs a type.')
      readChoice(item, 'type', relations, note)
    }
  }
}
