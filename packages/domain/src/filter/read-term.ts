import { toIpKey, toIpKeyRange } from '../ip.ts'
import { toSearchText } from '../search-text.ts'
import { filterLimits, type Filter, type NumberRange, type TextField } from './filter.ts'
import { matchesWhole, substringPattern, wildcardPattern } from './pattern.ts'
import { nearestText, type Qualifier } from './qualifiers.ts'
import { quote } from './quote.ts'
import type { Reading } from './reading.ts'
import { readTimeRange } from './time-range.ts'
import type { Segment } from './tokenize-filter.ts'

/** A value as written: `raw` is its text without quotes, `literals` what stands between the wildcards. */
type Value = { raw: string; literals: string[]; quoted: boolean }

/** Reads bare or quoted text that has no qualifier. */
export function readText(segments: readonly Segment[]): Reading<Filter> {
  const value = toValue(segments)
  if (value.raw === '') return { fault: 'The quoted text is empty.' }
  const fault = wildcardFault(value)
  return fault ?? { value: { kind: 'text', pattern: substringPattern(value.literals) } }
}

/** Reads the value of a term; `path` is the path behind `data.`. The value is not empty. */
export function readTerm(qualifier: Qualifier, path: string, segments: readonly Segment[]): Reading<Filter> {
  const value = toValue(segments)
  const fault = wildcardFault(value)
  if (fault !== undefined) return fault
  switch (qualifier.kind) {
    case 'text':
      if (qualifier.name === 'ip') return readIp(value)
      if (qualifier.name === 'id') return readId(value)
      return { value: toField(qualifier.name, value) }
    case 'choice':
      return readChoice(qualifier, value)
    case 'is':
      return value.raw.toLowerCase() === 'noise'
        ? { value: { kind: 'noise' } }
        : { fault: 'is: takes only noise.', suggestion: 'noise' }
    case 'number': {
      const range = readNumberRange(value.raw, `${qualifier.name}:`)
      return 'fault' in range
        ? range
        : { value: { kind: 'number', field: qualifier.name, range: range.value } }
    }
    case 'time': {
      const range = readTimeRange(qualifier.name, value.raw)
      return 'fault' in range ? range : { value: { kind: 'time', range: range.value } }
    }
    case 'data':
      return readData(path, value)
  }
}

/** The text of a value without its quotes. */
export function rawText(segments: readonly Segment[]): string {
  return segments.map((segment) => segment.text).join('')
}

function toValue(segments: readonly Segment[]): Value {
  const literals = ['']
  for (const { text, quoted } of segments) {
    const [first = '', ...rest] = quoted ? [text] : text.split('*')
    literals.push(`${literals.pop() ?? ''}${first}`, ...rest)
  }
  return { raw: rawText(segments), literals, quoted: segments.some((segment) => segment.quoted) }
}

function wildcardFault({ literals }: Value): { fault: string } | undefined {
  if (literals.length - 1 <= filterLimits.wildcardsMax) return undefined
  return { fault: `A term holds at most ${filterLimits.wildcardsMax} wildcards.` }
}

function toField(field: TextField, { literals }: Value): Filter {
  return { kind: 'field', field, pattern: wildcardPattern(literals) }
}

function readIp(value: Value): Reading<Filter> {
  if (value.literals.length > 1) return { value: toField('ip', value) }
  const text = toSearchText(value.raw)
  const key = toIpKey(text)
  const range = key === undefined ? toIpKeyRange(text) : { first: key, last: key }
  if (range !== undefined) return { value: { kind: 'network', text, ...range } }
  if (!text.includes('/')) return { value: toField('ip', value) }
  return { fault: `"${value.raw}" is no network such as 10.0.0.0/8 or 2001:db8::/32.` }
}

const uuidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function readId(value: Value): Reading<Filter> {
  const field = toField('id', value)
  const text = toSearchText(value.raw)
  if (value.literals.length === 1 ? uuidPattern.test(text) : /^[0-9a-f*-]+$/.test(text))
    return { value: field }
  if (/^[0-9a-f-]{1,35}$/.test(text)) {
    return { fault: 'An event id has 32 hexadecimal digits and 4 hyphens.', suggestion: `${text}*` }
  }
  return { fault: 'An event id is a UUID such as 0193a5c0-7b1e-7000-8000-2f6d4c1b9a70.' }
}

function readChoice(qualifier: Extract<Qualifier, { kind: 'choice' }>, value: Value): Reading<Filter> {
  const { name, values } = qualifier
  const pattern = wildcardPattern(value.literals)
  if (values.some((choice) => matchesWhole(pattern, choice))) {
    return { value: { kind: 'field', field: name, pattern } }
  }
  const fault = `${name}: is one of ${values.join(', ')}.`
  const text = value.raw.toLowerCase()
  const nearest =
    values.find((choice) => text !== '' && choice.startsWith(text.slice(0, 4))) ?? nearestText(text, values)
  return nearest === undefined ? { fault } : { fault, suggestion: nearest }
}

const numberPattern = /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i

function readNumber(text: string): number | undefined {
  if (!numberPattern.test(text)) return undefined
  const value = Number(text)
  // An integer that a number cannot hold exactly would stand for its neighbour.
  if (!Number.isFinite(value) || (/^[+-]?\d+$/.test(text) && !Number.isSafeInteger(value))) return undefined
  return value === 0 ? 0 : value
}

/** `5`, `>5`, `1..5` or `*`; `name` is how the message calls it. */
function readNumberRange(text: string, name: string): Reading<NumberRange> {
  const range = toNumberRange(text)
  if (range === undefined) return numberFault(text, name)
  if ((range.min ?? -Infinity) <= (range.max ?? Infinity)) return { value: range }
  const [first = '', last = ''] = text.split('..')
  return { fault: 'The range ends before it begins.', suggestion: `${last}..${first}` }
}

function toNumberRange(text: string): NumberRange | undefined {
  if (text === '*') return {}
  const [, sign = '', rest = ''] = /^(>=|<=|>|<)?(.*)$/s.exec(text) ?? []
  const dots = sign === '' ? rest.indexOf('..') : -1
  const min = readNumber(dots === -1 ? rest : rest.slice(0, dots))
  const max = dots === -1 ? min : readNumber(rest.slice(dots + 2))
  if (min === undefined || max === undefined) return undefined
  if (sign === '>') return { min, minOpen: true }
  if (sign === '>=') return { min }
  if (sign === '<') return { max, maxOpen: true }
  return sign === '<=' ? { max } : { min, max }
}

function numberFault(text: string, name: string): { fault: string; suggestion?: string } {
  if (/^(?:>=|<=|>|<)?[+-]?\d{16,}$/.test(text)) {
    return { fault: `${name} takes integers up to ±(2^53-1); write a larger number as 1e20.` }
  }
  const fault = `${name} takes a number, such as 1000, >1000, <=0.5 or 10..20.`
  const plain = text
    .replaceAll(/[,_\s]/g, '')
    .replace(/^=>/, '>=')
    .replace(/^=+/, '')
  const [, max, min] = /^(?:\.\.(.+)|(.+)\.\.)$/.exec(plain) ?? []
  const suggestion = max !== undefined ? `<=${max}` : min !== undefined ? `>=${min}` : plain
  return toNumberRange(suggestion) === undefined ? { fault } : { fault, suggestion }
}

/** Comparisons and ranges are numbers; quotes make them text. */
function readData(path: string, value: Value): Reading<Filter> {
  const { raw, quoted, literals } = value
  const range = /^[<>]/.test(raw) || (literals.length === 1 && /[^.]\.\.[^.]/.test(raw))
  if (quoted || !range) return { value: { kind: 'data', path, pattern: wildcardPattern(literals) } }
  const number = readNumberRange(raw, `A comparison of data.${path}:`)
  if (!('fault' in number)) return { value: { kind: 'dataNumber', path, range: number.value } }
  return { fault: `${number.fault} Text stands in quotes.`, suggestion: number.suggestion ?? quote(raw) }
}
