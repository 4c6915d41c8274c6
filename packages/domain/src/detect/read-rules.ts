import { nearestText } from '../filter/qualifiers.ts'
import type { Rule } from './rule.ts'
import { createFaults, createLocator, type NoteFault, type Place, type RuleProblem } from './sigma/faults.ts'
import { readAlert } from './sigma/read-alert.ts'
import { readCorrelation } from './sigma/read-correlation.ts'
import { readDetection } from './sigma/read-detection.ts'
import { readDetector } from './sigma/read-detector.ts'
import { readHeader } from './sigma/read-header.ts'
import { readYaml } from './sigma/read-yaml.ts'
import { readMap, type MapNode, type RuleNode } from './sigma/rule-node.ts'

/**
 * A rule as its file has it. Of a correlation the `id` of each rule is what is written there, an id or a name, until
 * `linkRules` has looked it up; who else is correlated, and so not shown, is not known before.
 */
export type ReadRule = Omit<Rule, 'isShown'> & {
  /** Where the rules of a correlation are named, in their order. */
  places: readonly Omit<RuleProblem, 'message'>[]
  /** Of a correlation: the rules that it names raise alerts of their own as well. */
  generates: boolean
  /** Where the rule begins in its text. */
  place: Omit<RuleProblem, 'message'>
}

/**
 * Reads Sigma files (docs/detections.md): one rule for each document. A rule with a fault is left out and its faults are
 * told with line and column; a rule is never read in part. Throws nothing, whatever the text, and takes time in proportion
 * to it.
 */
export function readRules(text: string): { rules: ReadRule[]; problems: RuleProblem[] } {
  const { problems, note } = createFaults(text)
  const locate = createLocator(text)
  const rules = readYaml(text, note).flatMap((node) => {
    let faults = 0
    const count: NoteFault = (...fault) => {
      faults++
      return note(...fault)
    }
    const rule = readRule(node, count)
    if (rule === undefined || faults > 0) return []
    const { places, ...read } = rule
    return [{ ...read, places: places.map(locate), place: locate(node) }]
  })
  return { rules, problems }
}

const keys = [
  'title',
  'id',
  'name',
  'related',
  'taxonomy',
  'status',
  'description',
  'license',
  'author',
  'references',
  'date',
  'modified',
  'logsource',
  'detection',
  'fields',
  'falsepositives',
  'level',
  'tags',
  'scope',
  'correlation',
  'generate',
  'detector',
  'alert',
] as const

/** Of other programs and versions, with what is to be done instead. */
const refusedKeys: Readonly<Record<string, string>> = {
  action: 'action (of old Sigma) is not supported: each document is a rule of its own.',
  filter: 'Sigma filters are not supported: a rule has exclusions in the app.',
  '<<': 'Merge keys of YAML are not supported: write the keys.',
  timeframe: 'timeframe is that of old Sigma: write a correlation with a timespan.',
}

type RuleInText = Omit<ReadRule, 'places' | 'place'> & { places: readonly Place[] }

function readRule(node: RuleNode, note: NoteFault): RuleInText | undefined {
  if (node.kind !== 'map') return note(node, 'A rule is a map with title, id and detection.')
  checkTopKeys(node, note)
  const header = readHeader(node, note)
  const looked = node.entries.has('correlation') ? readCorrelated(node, note) : readDetected(node, note)
  const alert = readAlert(node, looked?.condition, note)
  if (header === undefined || looked === undefined) return undefined
  return {
    ...header,
    summary: alert.summary ?? header.title,
    groupBy: looked.groupBy ?? alert.groupBy,
    condition: looked.condition,
    places: looked.places,
    generates: looked.generates,
  }
}

/** Keys of one's own are allowed, but not misspelt ones of ours. */
function checkTopKeys(map: MapNode, note: NoteFault): void {
  for (const [key, { key: place }] of map.entries) {
    if (keys.some((known) => known === key)) continue
    if (Object.hasOwn(refusedKeys, key)) {
      note(place, refusedKeys[key] ?? '')
      continue
    }
    const nearest = nearestText(key.toLowerCase(), keys)
    if (nearest !== undefined) note(place, `"${key}" is no key of a rule: did you mean ${nearest}?`, nearest)
  }
}

type Looked = Pick<RuleInText, 'condition' | 'places' | 'generates'> & {
  groupBy: RuleInText['groupBy'] | undefined
}

function readCorrelated(map: MapNode, note: NoteFault): Looked | undefined {
  for (const key of ['detection', 'detector']) {
    const entry = map.entries.get(key)
    if (entry !== undefined) note(entry.key, `A correlation has no ${key}: that is a rule of its own.`)
  }
  const correlation = readMap(map, 'correlation', note)
  return correlation === undefined ? undefined : readCorrelation(map, correlation, note)
}

function readDetected(map: MapNode, note: NoteFault): Looked | undefined {
  const generate = map.entries.get('generate')
  if (generate !== undefined) note(generate.key, 'generate is for correlations.')
  if (!map.entries.has('detection')) return note(map, 'A rule needs a detection or a correlation.')
  const detection = readMap(map, 'detection', note)
  const filter = detection === undefined ? undefined : readDetection(detection, note)
  const detector = readMap(map, 'detector', note)
  if (filter === undefined) return undefined
  const plain = { places: [], generates: false, groupBy: undefined }
  if (!map.entries.has('detector')) return { condition: { kind: 'events', filter }, ...plain }
  const condition = detector === undefined ? undefined : readDetector(detector, filter, note)
  return condition === undefined ? undefined : { condition, ...plain }
}
