import type { Filter } from '../../filter/filter.ts'
import { readTerm } from '../../filter/read-term.ts'
import type { Reading } from '../../filter/reading.ts'
import type { Segment } from '../../filter/tokenize-filter.ts'
import { comparisons, type Modifiers } from './read-modifiers.ts'
import type { SearchField } from './rule-fields.ts'
import type { ScalarNode } from './rule-node.ts'
import { anyText, readSigmaText } from './sigma-text.ts'

type Match = Modifiers['match']
type TermField = Extract<SearchField, { kind: 'term' }>

/** What no search can say: a wildcard for one character. */
export const oneCharacter = {
  fault: String.raw`A search cannot say ? (exactly one character); \? is a question mark, and * any text.`,
}

/** The term of the search language for a field and one value; without the modifiers `all` and `neq`. */
export function readValue(field: SearchField, node: ScalarNode, match: Match): Reading<Filter> {
  if (field.kind === 'noise') return readNoise(node, match)
  const { qualifier, name } = field
  if (match === 'exists') return readExists(field, node)
  if (isComparison(match)) return readComparison(field, node, match)
  if (match === 'cidr' && qualifier.name !== 'ip') return { fault: `cidr is for ip, not for ${name}.` }
  if (match !== undefined && qualifier.kind === 'number') {
    return { fault: `${name} is a number, for which ${match} says nothing.` }
  }
  if (node.kind === 'null' || node.value === '') return readMissing(field, node, match)
  if (qualifier.kind === 'number') return readNumber(field, node)
  return readPattern(field, String(node.value), match)
}

function readNoise(node: ScalarNode, match: Match): Reading<Filter> {
  if (match !== undefined || node.kind !== 'truth')
    return { fault: 'noise is true or false, without modifiers.' }
  return { value: node.value ? { kind: 'noise' } : { kind: 'not', term: { kind: 'noise' } } }
}

function readExists({ qualifier, path }: TermField, node: ScalarNode): Reading<Filter> {
  if (node.kind !== 'truth') return { fault: 'exists is true or false.' }
  const there = readTerm(qualifier, path, [anyText])
  return 'fault' in there || node.value ? there : { value: { kind: 'not', term: there.value } }
}

function isComparison(match: Match): match is keyof typeof comparisons {
  return match !== undefined && match in comparisons
}

function readComparison(
  { qualifier, path, name }: TermField,
  node: ScalarNode,
  match: keyof typeof comparisons,
): Reading<Filter> {
  if (qualifier.kind !== 'number' && qualifier.kind !== 'data') {
    return { fault: `${match} compares numbers: duration, rows and data.<path>, not ${name}.` }
  }
  if (node.kind !== 'number') return { fault: `${match} takes a number, without quotes.` }
  const text = `${comparisons[match]}${printNumber(node.value)}`
  return readTerm(qualifier, path, [{ text, quoted: false }])
}

function readNumber({ qualifier, path, name }: TermField, node: ScalarNode): Reading<Filter> {
  if (node.kind === 'text' && node.value === '*') return readTerm(qualifier, path, [anyText])
  if (node.kind === 'number')
    return readTerm(qualifier, path, [{ text: printNumber(node.value), quoted: false }])
  return { fault: `${name} is a number, without quotes; ${name}|gt and its like compare.` }
}

/** A number as the search language reads it: whole digits are for integers that a number holds exactly. */
function printNumber(value: number): string {
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value)
}

/** `''` and `null`: an event keeps no empty values apart from missing ones, but in `data`. */
function readMissing({ qualifier, path, name }: TermField, node: ScalarNode, match: Match): Reading<Filter> {
  if (match !== undefined) return { fault: `${match} needs a text.` }
  if (node.kind === 'text' && qualifier.kind === 'data') {
    const fault = `A search cannot ask for an empty text in ${name}; null asks for a missing value.`
    return { fault, suggestion: 'null' }
  }
  const there = readTerm(qualifier, path, [anyText])
  return 'fault' in there ? there : { value: { kind: 'not', term: there.value } }
}

function readPattern({ qualifier, path }: TermField, text: string, match: Match): Reading<Filter> {
  if (match === 'cidr') {
    if (/^[^*]+\/\d+$/.test(text)) return readTerm(qualifier, path, [{ text, quoted: true }])
    return { fault: 'cidr takes a network such as 10.0.0.0/8 or 2001:db8::/32.' }
  }
  if (qualifier.name === 'ip' && match === undefined && text.includes('/')) {
    return { fault: 'A network stands behind ip|cidr.' }
  }
  const segments = readSigmaText(text)
  return segments === undefined ? oneCharacter : readTerm(qualifier, path, toWhole(segments, match))
}

/** The pieces of a term that covers a value as a whole, around those of a part of it. */
function toWhole(segments: readonly Segment[], match: Match): Segment[] {
  return [
    ...(match === 'contains' || match === 'endswith' ? [anyText] : []),
    ...segments,
    ...(match === 'contains' || match === 'startswith' ? [anyText] : []),
  ]
}
