import { nearestText } from '../../filter/qualifiers.ts'
import { placeWithin, type NoteFault, type Place } from './faults.ts'

/** What stands behind the field of a detection. */
export type Modifiers = {
  /** How the value is compared; whole if not told. */
  match?: 'contains' | 'startswith' | 'endswith' | 'cidr' | 'exists' | keyof typeof comparisons
  all: boolean
  neq: boolean
}

/** As the search language writes them. */
export const comparisons = { lt: '<', lte: '<=', gt: '>', gte: '>=' } as const

const matches = ['contains', 'startswith', 'endswith', 'cidr', 'exists', 'lt', 'lte', 'gt', 'gte'] as const

/** Of the specification, with why a search cannot say them. */
const refused: Readonly<Record<string, string>> = {
  re: 'regular expressions are no part of a search',
  i: 'it belongs to re, and regular expressions are no part of a search',
  m: 'it belongs to re, and regular expressions are no part of a search',
  s: 'it belongs to re, and regular expressions are no part of a search',
  cased: 'a search does not tell capital from small letters',
  windash: 'write a value for each kind of dash',
  base64: 'write the encoded value',
  base64offset: 'write the encoded values',
  utf16le: 'values are texts, not bytes',
  utf16be: 'values are texts, not bytes',
  utf16: 'values are texts, not bytes',
  wide: 'values are texts, not bytes',
  expand: 'there are no placeholders here',
  fieldref: 'a search does not compare fields with each other',
  minute: 'a search does not take times apart',
  hour: 'a search does not take times apart; the detectors outside_hours and unusual_hour do',
  day: 'a search does not take times apart',
  week: 'a search does not take times apart',
  month: 'a search does not take times apart',
  year: 'a search does not take times apart',
}

/** Reads a key of a detection: the field (empty for keywords) and its modifiers. */
export function readModifiers(
  key: string,
  place: Place,
  note: NoteFault,
): { field: string; modifiers: Modifiers } | undefined {
  const [field = '', ...names] = key.split('|')
  const modifiers: Modifiers = { all: false, neq: false }
  const seen = new Set<string>()
  let at = field.length + 1
  for (const name of names) {
    const here = placeWithin(place, key, at, at + name.length)
    at += name.length + 1
    if (Object.hasOwn(refused, name))
      return note(here, `The modifier ${name} is not supported: ${refused[name]}.`)
    if (seen.has(name)) return note(here, `The modifier ${name} stands here twice.`)
    seen.add(name)
    const match = matches.find((known) => known === name)
    if (name === 'all' || name === 'neq') modifiers[name] = true
    else if (match === undefined) return unknownModifier(name, here, note)
    else if (modifiers.match !== undefined) {
      return note(here, `The modifiers ${modifiers.match} and ${match} do not go together.`)
    } else modifiers.match = match
  }
  const clash = findClash(modifiers)
  return clash === undefined
    ? { field, modifiers }
    : note(place, `The modifiers ${clash} do not go together.`)
}

function unknownModifier(name: string, place: Place, note: NoteFault): undefined {
  const known = [...matches, 'all', 'neq']
  const nearest = nearestText(name.toLowerCase(), known)
  const hint = nearest === undefined ? `; known are ${known.join(', ')}` : `; did you mean ${nearest}?`
  return note(place, `"${name}" is no modifier${hint}`, nearest)
}

function findClash({ match, all, neq }: Modifiers): string | undefined {
  if (all && neq) return 'all and neq'
  const isText = match === undefined || match === 'contains' || match === 'startswith' || match === 'endswith'
  if (all && !isText) return `all and ${match}`
  return neq && !isText && match !== 'cidr' ? `neq and ${match}` : undefined
}
