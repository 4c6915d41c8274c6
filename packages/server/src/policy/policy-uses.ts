import type { Pattern } from '@aleph-audit-log/domain/filter/filter'
import { wildcardPattern } from '@aleph-audit-log/domain/filter/pattern'
import { toPolicyName } from '@aleph-audit-log/domain/policy/policy-question'
import { toSearchText } from '@aleph-audit-log/domain/search-text'
import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs'

/** What the answer of a statement can depend on, beside the action: decisions are remembered by just this. */
export type PolicyUses = {
  groups: Set<string>
  tags: Set<string>
  tool: TextUse
  application: TextUse
  network: NetworkUse
  hour: boolean
  weekday: boolean
  service: boolean
}

/** `texts` and `patterns` are all that a text is compared with; `any` where it is looked into otherwise. */
export type TextUse = 'none' | 'any' | { texts: Set<string>; patterns: readonly Pattern[] }

/** `ranges` are all in which the network is looked for; `any` where something else is asked of it. */
export type NetworkUse = 'none' | 'any' | { ranges: Set<string> }

/** A statement in the form in which it is judged, what it depends on, and what of it is refused. */
export type ReadStatement = { json: PolicyJson; uses: PolicyUses; faults: StatementFault[] }

/** `word` is where in the text of the statement the fault probably stands. */
export type StatementFault = { message: string; word: RegExp | undefined }

type Node = { [key: string]: unknown }

/**
 * Reads a statement that Cedar has parsed. Names of groups and tags, and texts, become what they are compared with: their
 * searchable form, regardless of case. Refused is what would make an answer depend on more than what decisions are
 * remembered by (one person, one table, a single address), and what could fail when it is evaluated (arithmetic).
 */
export function readStatement(parsed: PolicyJson): ReadStatement {
  const reading: Reading = {
    uses: {
      groups: new Set(),
      tags: new Set(),
      tool: 'none',
      application: 'none',
      network: 'none',
      hour: false,
      weekday: false,
      service: false,
    },
    faults: [],
    known: new Set(),
  }
  if (parsed.effect === 'permit') {
    const message =
      'permit is not used: what no policy forbids is permitted. Write forbid, and unless for whom it does not hold.'
    reading.faults.push({ message, word: /permit/ })
  }
  for (const name of Object.keys(parsed.annotations ?? {})) checkAnnotation(name, reading)
  // The form stays; only texts in it change.
  const json = readNode(parsed, reading) as PolicyJson
  return { json, uses: reading.uses, faults: reading.faults }
}

type Reading = {
  uses: PolicyUses
  faults: StatementFault[]
  /** Places where a text of the context is compared with literals alone, or its network with ranges. */
  known: Set<unknown>
}

const annotations: ReadonlySet<string> = new Set(['zone', 'description'])

function checkAnnotation(name: string, { faults }: Reading): void {
  if (annotations.has(name)) return
  const message = `@${name} is not known; there are @zone, such as @zone("Europe/Berlin"), and @description.`
  faults.push({ message, word: new RegExp(`@\\s*${name}`) })
}

const arithmetic: ReadonlySet<string> = new Set(['+', '-', '*', 'neg'])

/** Levels of a statement's JSON; each operator is two. */
const depthMax = 600

function readNode(node: unknown, reading: Reading, depth = 0): unknown {
  if (depth === depthMax) reading.faults.push({ message: 'It is nested too deeply.', word: undefined })
  if (depth >= depthMax) return node
  if (Array.isArray(node)) return node.map((item) => readNode(item, reading, depth + 1))
  if (typeof node !== 'object' || node === null) return node
  // An object of JSON.
  const object = node as Node
  const entity = entityOf(object)
  if (entity !== undefined) return readEntity(entity, reading)
  noteComparison(object, reading)
  const out: Node = {}
  for (const [key, value] of Object.entries(object)) {
    if (arithmetic.has(key)) {
      const message = 'Arithmetic is not used: it can overflow, and then nothing would be judged.'
      reading.faults.push({ message, word: undefined })
    }
    if (key === 'ip') checkAddress(value, reading)
    if (key === '.' || key === 'has') noteAttribute(key, value, reading)
    else if (key === 'Var' && value === 'context') noteWholeContext(reading)
    if (key === 'annotations') out[key] = value
    else if (key === 'Literal' || (key === 'Value' && typeof value === 'string'))
      out[key] = toSearchText(String(value))
    // Of an attribute only what it is taken from is read further, unless that is the context itself.
    else out[key] = isContextAttribute(key, value) ? value : readNode(value, reading, depth + 1)
  }
  return out
}

function entityOf(node: Node): { type: string; id: string } | undefined {
  const inner = (node['__entity'] ?? node) as Node
  const { type, id } = inner
  return typeof type === 'string' && typeof id === 'string' ? { type, id } : undefined
}

function readEntity({ type, id }: { type: string; id: string }, { uses, faults }: Reading): unknown {
  const name = toPolicyName(id)
  if (type === 'Group') uses.groups.add(name)
  else if (type === 'Tag') uses.tags.add(name)
  else if (type !== 'Action') {
    const what = type === 'User' ? 'person' : 'table'
    const instead = type === 'User' ? 'a group of theirs' : 'a tag of it'
    const message = `A policy does not speak of a single ${what}: use ${instead}.`
    faults.push({ message, word: new RegExp(`${type}\\s*::`) })
  }
  return { __entity: { type, id: type === 'Action' ? id : name } }
}

function isContextAttribute(key: string, value: unknown): boolean {
  if (key !== '.' && key !== 'has') return false
  return isContext((value as Node)['left'])
}

function isContext(node: unknown): boolean {
  return typeof node === 'object' && node !== null && (node as Node)['Var'] === 'context'
}

function noteAttribute(key: '.' | 'has', value: unknown, { uses, known }: Reading): void {
  const { left, attr } = value as Node
  if (!isContext(left)) return
  for (const name of (Array.isArray(attr) ? attr : [attr]) as unknown[]) {
    if (name === 'tool' || name === 'application') {
      if (!known.has(value)) uses[name] = 'any'
    } else if (name === 'network') {
      // Whether there is one is known of each.
      if (key === 'has') uses.network = joinNetworks([uses.network, { ranges: new Set() }])
      else if (!known.has(value)) uses.network = 'any'
    } else if (name === 'hour' || name === 'weekday' || name === 'service') uses[name] = true
  }
}

function noteWholeContext({ uses }: Reading): void {
  Object.assign(uses, {
    tool: 'any',
    application: 'any',
    network: 'any',
    hour: true,
    weekday: true,
    service: true,
  })
}

/**
 * `context.tool == "x"`, `["x", "y"].contains(context.tool)`, `context.tool like "x*"`: every other text is like any other.
 * `context.network.isInRange(ip("10.0.0.0/8"))`: every other network is like any other. What senders make up is judged
 * once, then.
 */
function noteComparison(node: Node, reading: Reading): void {
  for (const sign of ['==', '!=', 'contains']) {
    const sides = node[sign] as Node | undefined
    if (sides === undefined) continue
    for (const [text, other] of [
      [sides['left'], sides['right']],
      [sides['right'], sides['left']],
    ]) {
      const texts = literalsOf(other)
      if (texts !== undefined)
        noteText(text, { texts: new Set(texts.map(toSearchText)), patterns: [] }, reading)
    }
  }
  const { left, pattern } = (node['like'] ?? {}) as Node
  if (Array.isArray(pattern)) noteText(left, { texts: new Set(), patterns: [patternOf(pattern)] }, reading)
  noteRange(node['isInRange'], reading)
}

function noteText(place: unknown, use: Exclude<TextUse, string>, { uses, known }: Reading): void {
  const attribute = contextAttribute(place)
  const name = attribute?.['attr']
  if (name !== 'tool' && name !== 'application') return
  known.add(attribute)
  uses[name] = joinTexts([uses[name], use])
}

function noteRange(sides: unknown, { uses, known }: Reading): void {
  const [network, range] = Array.isArray(sides) ? (sides as unknown[]) : []
  const attribute = contextAttribute(network)
  const text = addressOf((range as Node | undefined)?.['ip'])
  if (attribute?.['attr'] !== 'network' || text === undefined) return
  known.add(attribute)
  uses.network = joinNetworks([uses.network, { ranges: new Set([text]) }])
}

/** The inside of `context.x`. */
function contextAttribute(place: unknown): Node | undefined {
  const attribute = (place as Node | undefined)?.['.'] as Node | undefined
  return attribute !== undefined && isContext(attribute['left']) ? attribute : undefined
}

/** Cedar tells a pattern by its characters, and is told each in its searchable form. */
function patternOf(pattern: readonly unknown[]): Pattern {
  const literals = ['']
  for (const part of pattern) {
    if (part === 'Wildcard') literals.push('')
    else literals.push(`${literals.pop()}${toSearchText(String((part as Node)['Literal']))}`)
  }
  return wildcardPattern(literals)
}

function literalsOf(node: unknown): string[] | undefined {
  if (typeof node !== 'object' || node === null) return undefined
  const { Value: value, Set: items } = node as Node
  if (typeof value === 'string') return [value]
  if (!Array.isArray(items)) return undefined
  const texts = items.map((item) => (item as Node)['Value'])
  return texts.every((text) => typeof text === 'string') ? texts : undefined
}

/** Addresses are known by their networks alone. */
function checkAddress(value: unknown, { faults }: Reading): void {
  const text = addressOf(value)
  if (text === undefined) return
  const isV6 = text.includes(':')
  const length = Number(text.split('/')[1] ?? (isV6 ? 128 : 32))
  if (length <= (isV6 ? 48 : 24)) return
  const message = `ip("${text}") is too narrow: a query's network is known as the /24 of an IPv4 address or the /48 of an IPv6 one.`
  faults.push({ message, word: /ip\s*\(/ })
}

function addressOf(value: unknown): string | undefined {
  const text = Array.isArray(value) ? (value[0] as Node | undefined)?.['Value'] : undefined
  return typeof text === 'string' ? text : undefined
}

function joinTexts(all: readonly TextUse[]): TextUse {
  const uses = all.filter((use) => use !== 'none')
  if (uses.length === 0) return 'none'
  const texts = new Set<string>()
  const patterns: Pattern[] = []
  for (const use of uses) {
    if (use === 'any') return 'any'
    for (const text of use.texts) texts.add(text)
    patterns.push(...use.patterns)
  }
  return { texts, patterns }
}

function joinNetworks(all: readonly NetworkUse[]): NetworkUse {
  const uses = all.filter((use) => use !== 'none')
  if (uses.length === 0) return 'none'
  const ranges = new Set<string>()
  for (const use of uses) {
    if (use === 'any') return 'any'
    for (const range of use.ranges) ranges.add(range)
  }
  return { ranges }
}

/** What the answer of several statements depends on together. */
export function joinUses(all: readonly PolicyUses[]): PolicyUses {
  return {
    groups: new Set(all.flatMap(({ groups }) => [...groups])),
    tags: new Set(all.flatMap(({ tags }) => [...tags])),
    tool: joinTexts(all.map(({ tool }) => tool)),
    application: joinTexts(all.map(({ application }) => application)),
    network: joinNetworks(all.map(({ network }) => network)),
    hour: all.some(({ hour }) => hour),
    weekday: all.some(({ weekday }) => weekday),
    service: all.some(({ service }) => service),
  }
}
