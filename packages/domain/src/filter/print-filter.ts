import type { Filter, NumberRange, Pattern } from './filter.ts'
import { quote } from './quote.ts'
import { printTimeRange } from './time-range.ts'

/**
 * A filter that `parseFilter` made, as canonical text: equal filters print equally, and the text reads as the same
 * filter again. Throws TypeError for a tree that no text can say, such as an OR of nothing.
 */
export function printFilter(filter: Filter): string {
  if (filter.kind === 'and') return filter.terms.map(printAndTerm).join(' ')
  return filter.kind === 'or' ? printOr(filter.terms) : printAndTerm(filter)
}

/**
 * A whole term for a value as it is shown, such as `actor:"Ann Lee"`; the qualifier may be `data.` and a path as it was
 * sent. The empty value stands for a missing one: `-actor:*`.
 */
export function printTerm(qualifier: string, value: string): string {
  const isData = qualifier.startsWith('data.')
  const name = isData ? printDataPath(qualifier.slice('data.'.length)) : qualifier
  if (value === '') return `-${name}:*`
  return `${name}:${isData ? printDataLiterals([value]) : printLiterals([value])}`
}

function printOr(terms: readonly Filter[]): string {
  if (terms.length === 0) throw new TypeError('An OR of nothing cannot be printed')
  return terms
    .map((term) => (term.kind === 'and' ? printGroupContent(term) : printAndTerm(term)))
    .join(' OR ')
}

function printAndTerm(filter: Filter): string {
  if (filter.kind === 'and' || filter.kind === 'or') return `(${printGroupContent(filter)})`
  if (filter.kind !== 'not') return printAtom(filter)
  const { term } = filter
  return term.kind === 'not' ? `-(${printAndTerm(term)})` : `-${printAndTerm(term)}`
}

function printGroupContent(filter: Filter): string {
  const text = printFilter(filter)
  if (text === '') throw new TypeError('An AND of nothing cannot be printed inside another filter')
  return text
}

function printAtom(filter: Exclude<Filter, { kind: 'and' | 'or' | 'not' }>): string {
  switch (filter.kind) {
    case 'text':
      return printBareWord(filter.pattern)
    case 'field':
      return `${filter.field}:${printLiterals(filter.pattern.parts)}`
    case 'actorId':
      throw new TypeError('What a viewer may see cannot be printed')
    case 'network':
      return `ip:${printLiterals([filter.text])}`
    case 'number':
      return `${filter.field}:${printNumberRange(filter.range)}`
    case 'time':
      return printTimeRange(filter.range)
    case 'data':
      return `${printDataPath(filter.path)}:${printDataLiterals(filter.pattern.parts)}`
    case 'dataNumber':
      // The lone wildcard stands for any value here, not for any number.
      if (filter.range.min === undefined && filter.range.max === undefined) {
        throw new TypeError('A range of data without ends cannot be printed')
      }
      return `${printDataPath(filter.path)}:${printNumberRange(filter.range)}`
    case 'noise':
      return 'is:noise'
  }
}

/** A colon could make a qualifier, a minus a negation. */
function printBareWord({ parts }: Pattern): string {
  const safe = /^[^\s():"*-][^\s():"*]*$/
  const bare = parts.every(
    (part, i) => part === '' || (i === 0 ? safe.test(part) : /^[^\s():"*]*$/.test(part)),
  )
  return joinLiterals(parts, bare)
}

/** Parts of a value, with `*` between them: quoted if bare they would end the word or be taken for wildcards. */
function printLiterals(parts: readonly string[]): string {
  const bare = parts.every((part) => !/[\s()"*]/.test(part)) && parts.join('*') !== ''
  return joinLiterals(parts, bare)
}

/** A value of `data` is also quoted where it would be read as a comparison or a range. */
function printDataLiterals(parts: readonly string[]): string {
  return /^[<>]|\.\./.test(parts.join('*')) ? joinLiterals(parts, false) : printLiterals(parts)
}

function joinLiterals(parts: readonly string[], bare: boolean): string {
  if (bare) return parts.join('*')
  if (parts.length === 1) return quote(parts[0] ?? '')
  return parts.map((part) => (part === '' ? '' : quote(part))).join('*')
}

function printDataPath(path: string): string {
  return `data.${/^[^\s():"*]+$/.test(path) ? path : quote(path)}`
}

function printNumberRange({ min, minOpen, max, maxOpen }: NumberRange): string {
  if (min === undefined && max === undefined) return '*'
  if (max === undefined) return `${minOpen ? '>' : '>='}${printNumber(min ?? 0)}`
  if (min === undefined) return `${maxOpen ? '<' : '<='}${printNumber(max)}`
  if (minOpen || maxOpen) throw new TypeError('A range with an open end cannot be printed')
  return min === max ? printNumber(min) : `${printNumber(min)}..${printNumber(max)}`
}

/** Whole digits are for integers that a number holds exactly; larger ones have an exponent. */
function printNumber(value: number): string {
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value)
}
