import { nearestText } from '../../filter/qualifiers.ts'
import type { NoteFault, Place } from './faults.ts'

/** A value of a text of rules, with its place. */
export type RuleNode = Place &
  (
    | { kind: 'map'; entries: Map<string, RuleEntry> }
    | { kind: 'list'; items: RuleNode[] }
    | { kind: 'text'; value: string }
    | { kind: 'number'; value: number }
    | { kind: 'truth'; value: boolean }
    | { kind: 'null' }
  )

export type RuleEntry = { key: Place; value: RuleNode }

export type MapNode = Extract<RuleNode, { kind: 'map' }>
/** A single value. */
export type ScalarNode = Exclude<RuleNode, { kind: 'map' | 'list' }>
export type TextNode = Extract<RuleNode, { kind: 'text' }>

/** The map at this key, or a fault; undefined also where there is none. */
export function readMap(map: MapNode, name: string, note: NoteFault): MapNode | undefined {
  const node = map.entries.get(name)?.value
  if (node === undefined || node.kind === 'map') return node
  return note(node, `${name} is a map.`)
}

/** Notes each key that is none of these; `refused` are keys with a reason of their own. */
export function checkKeys(
  map: MapNode,
  name: string,
  known: readonly string[],
  note: NoteFault,
  refused: Readonly<Record<string, string>> = {},
): void {
  for (const [key, { key: place }] of map.entries) {
    if (known.includes(key)) continue
    if (Object.hasOwn(refused, key)) {
      note(place, refused[key] ?? '')
      continue
    }
    const nearest = nearestText(key.toLowerCase(), known)
    const hint = nearest === undefined ? `: its keys are ${known.join(', ')}` : `: did you mean ${nearest}?`
    note(place, `"${key}" is no key of ${name}${hint}`, nearest)
  }
}

/** The text at this key, not empty and of at most so many UTF-16 units, or a fault; undefined also where there is none. */
export function readText(
  map: MapNode,
  name: string,
  unitsMax: number,
  note: NoteFault,
): TextNode | undefined {
  const node = map.entries.get(name)?.value
  return node === undefined ? undefined : toText(node, name, unitsMax, note)
}

/** The texts of a list at this key; empty where there is none. A single text is a list of one where `one` is told. */
export function readTexts(
  map: MapNode,
  name: string,
  limits: { unitsMax: number; itemsMax: number; one?: true },
  note: NoteFault,
): TextNode[] {
  const node = map.entries.get(name)?.value
  if (node === undefined) return []
  const items = node.kind === 'list' ? node.items : limits.one && node.kind === 'text' ? [node] : undefined
  if (items === undefined)
    return note(node, `${name} is a ${limits.one ? 'text or a list' : 'list'} of texts.`) ?? []
  if (items.length > limits.itemsMax) {
    return note(node, `${name} has at most ${limits.itemsMax} values.`) ?? []
  }
  const texts = items.flatMap((item) => toText(item, name, limits.unitsMax, note) ?? [])
  for (const [i, text] of texts.entries()) {
    if (texts.findIndex(({ value }) => value === text.value) < i)
      note(text, `"${text.value}" stands in ${name} twice.`)
  }
  return texts
}

function toText(node: RuleNode, name: string, unitsMax: number, note: NoteFault): TextNode | undefined {
  if (node.kind !== 'text')
    return note(node, `${name} holds text; what reads like something else stands in quotes.`)
  if (node.value.trim() === '') return note(node, `${name} holds no empty text.`)
  if (node.value.length > unitsMax) return note(node, `${name} is at most ${unitsMax} characters long.`)
  return node
}

/** The number at this key, or a fault; undefined also where there is none. */
export function readNumber(
  map: MapNode,
  name: string,
  range: { min: number; max: number; whole?: true },
  note: NoteFault,
): number | undefined {
  const node = map.entries.get(name)?.value
  if (node === undefined) return undefined
  const { min, max, whole } = range
  if (node.kind === 'number' && node.value >= min && node.value <= max) {
    if (!whole || Number.isInteger(node.value)) return node.value
  }
  const ends = max === Number.MAX_SAFE_INTEGER ? `from ${min} on` : `from ${min} to ${max}`
  return note(node, `${name} is a ${whole ? 'whole ' : ''}number ${ends}.`)
}

/** One of these words at this key, or a fault; undefined also where there is none. */
export function readChoice<Word extends string>(
  map: MapNode,
  name: string,
  words: readonly Word[],
  note: NoteFault,
  refused: Readonly<Record<string, string>> = {},
): Word | undefined {
  const node = map.entries.get(name)?.value
  if (node === undefined) return undefined
  const word = node.kind === 'text' ? node.value : undefined
  const found = words.find((known) => known === word)
  if (found !== undefined) return found
  if (word !== undefined && Object.hasOwn(refused, word)) return note(node, refused[word] ?? '')
  const nearest = word === undefined ? undefined : nearestText(word.toLowerCase(), words)
  return note(node, `${name} is one of ${words.join(', ')}.`, nearest)
}

/** `true` or `false` at this key, or a fault; undefined also where there is none. */
export function readTruth(map: MapNode, name: string, note: NoteFault): boolean | undefined {
  const node = map.entries.get(name)?.value
  if (node === undefined) return undefined
  return node.kind === 'truth' ? node.value : note(node, `${name} is true or false.`)
}

const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** A span of time such as `15s`, `5m`, `1h` or `7d` in milliseconds, or a fault; undefined also where there is none. */
export function readSpan(map: MapNode, name: string, daysMax: number, note: NoteFault): number | undefined {
  const node = map.entries.get(name)?.value
  if (node === undefined) return undefined
  const [, number = '', unit = ''] = /^(\d{1,9})([smhd])$/.exec(node.kind === 'text' ? node.value : '') ?? []
  // The pattern has let these four alone through.
  const ms = Number(number) * (unit === '' ? 0 : unitMs[unit as keyof typeof unitMs])
  if (ms > 0 && ms <= daysMax * unitMs.d) return ms
  return note(node, `${name} is a time such as 15s, 5m, 1h or 7d, up to ${daysMax}d.`)
}
