/** A pattern as a tree. Characters are UTF-16 units, as in a JavaScript pattern without flags. */
export type PatternTree =
  | { kind: 'empty' }
  | { kind: 'set'; test: UnitTest }
  | { kind: 'start' }
  | { kind: 'end' }
  | { kind: 'sequence'; parts: PatternTree[] }
  | { kind: 'choice'; options: PatternTree[] }
  | { kind: 'repeat'; of: PatternTree; min: number; max: number | undefined; isGreedy: boolean }
  /** The index of a named group. */
  | { kind: 'group'; index: number; of: PatternTree }

export type UnitTest = (unit: number) => boolean

const repeatMax = 100
const depthMax = 20

const isDigit: UnitTest = (unit) => unit >= 48 && unit <= 57
const isWord: UnitTest = (unit) =>
  isDigit(unit) || (unit >= 65 && unit <= 90) || (unit >= 97 && unit <= 122) || unit === 95
const isBlank: UnitTest = (unit) => /\s/.test(String.fromCharCode(unit))
const isNoLineEnd: UnitTest = (unit) => unit !== 10 && unit !== 13 && unit !== 0x2028 && unit !== 0x2029

function not(test: UnitTest): UnitTest {
  return (unit) => !test(unit)
}

const classEscapes: ReadonlyMap<string, UnitTest> = new Map([
  ['d', isDigit],
  ['D', not(isDigit)],
  ['w', isWord],
  ['W', not(isWord)],
  ['s', isBlank],
  ['S', not(isBlank)],
])
const unitEscapes: ReadonlyMap<string, number> = new Map([
  ['t', 9],
  ['n', 10],
  ['r', 13],
])

/** Reads a pattern. Throws SyntaxError with words for the person who wrote it. */
export function parsePattern(source: string): { tree: PatternTree; groups: string[] } {
  const parser = new PatternParser(source)
  return { tree: parser.parse(), groups: parser.groups }
}

class PatternParser {
  readonly groups: string[] = []
  readonly #source: string
  #at = 0
  #depth = 0

  constructor(source: string) {
    this.#source = source
  }

  parse(): PatternTree {
    const tree = this.#choice()
    if (this.#at < this.#source.length) throw new SyntaxError('has a ) that closes nothing')
    return tree
  }

  #peek(): string {
    return this.#source.charAt(this.#at)
  }

  #takes(text: string): boolean {
    if (!this.#source.startsWith(text, this.#at)) return false
    this.#at += text.length
    return true
  }

  #choice(): PatternTree {
    const options = [this.#sequence()]
    while (this.#takes('|')) options.push(this.#sequence())
    return options.length === 1 ? (options[0] as PatternTree) : { kind: 'choice', options }
  }

  #sequence(): PatternTree {
    const parts: PatternTree[] = []
    while (this.#at < this.#source.length && this.#peek() !== '|' && this.#peek() !== ')') {
      parts.push(this.#repeated())
    }
    return parts.length === 0 ? { kind: 'empty' } : { kind: 'sequence', parts }
  }

  #repeated(): PatternTree {
    const of = this.#atom()
    const bounds = this.#bounds()
    if (bounds === undefined) return of
    // JavaScript has rules of its own for a turn that takes nothing, which nobody means.
    if (mayBeEmpty(of)) throw new SyntaxError('repeats something that may be empty: use + inside of it')
    const isGreedy = !this.#takes('?')
    if (/^[*+?]/.test(this.#peek())) throw new SyntaxError('has two signs of repetition in a row')
    return { kind: 'repeat', of, ...bounds, isGreedy }
  }

  #bounds(): { min: number; max: number | undefined } | undefined {
    if (this.#takes('*')) return { min: 0, max: undefined }
    if (this.#takes('+')) return { min: 1, max: undefined }
    if (this.#takes('?')) return { min: 0, max: 1 }
    if (this.#peek() !== '{') return undefined
    const found = /^\{(\d{1,3})(,(\d{1,3})?)?\}/.exec(this.#source.slice(this.#at, this.#at + 10))
    if (found === null) throw new SyntaxError('has a { that begins no repetition: write \\{')
    this.#at += found[0].length
    const min = Number(found[1])
    const max = found[2] === undefined ? min : found[3] === undefined ? undefined : Number(found[3])
    if (Math.max(min, max ?? 0) > repeatMax) throw new SyntaxError(`repeats more than ${repeatMax} times`)
    if (max !== undefined && max < min)
      throw new SyntaxError('has a repetition whose end lies before its start')
    return { min, max }
  }

  #atom(): PatternTree {
    const sign = this.#peek()
    this.#at++
    switch (sign) {
      case '^':
        return { kind: 'start' }
      case '$':
        return { kind: 'end' }
      case '.':
        return { kind: 'set', test: isNoLineEnd }
      case '[':
        return { kind: 'set', test: this.#set() }
      case '(':
        return this.#group()
      case '\\':
        return { kind: 'set', test: this.#escape() }
      case '*':
      case '+':
      case '?':
      case '{':
        throw new SyntaxError(`has a ${sign} that repeats nothing`)
      default:
        return { kind: 'set', test: one(sign.charCodeAt(0)) }
    }
  }

  #group(): PatternTree {
    if (++this.#depth > depthMax) throw new SyntaxError(`has groups nested deeper than ${depthMax}`)
    let index: number | undefined
    if (this.#takes('?<')) {
      const name = /^([a-z]\w{0,30})>/.exec(this.#source.slice(this.#at, this.#at + 32))
      if (name === null) throw new SyntaxError('has (?< without the name of a group; it cannot look behind')
      this.#at += name[0].length
      const group = name[1] as string
      if (this.groups.includes(group)) throw new SyntaxError(`has two groups ${group}`)
      index = this.groups.length
      this.groups.push(group)
    } else if (!this.#takes('?:') && this.#peek() === '?') {
      throw new SyntaxError('has (? that is neither (?: nor a named group; it cannot look ahead')
    }
    const of = this.#choice()
    if (!this.#takes(')')) throw new SyntaxError('has a ( that is not closed')
    this.#depth--
    return index === undefined ? of : { kind: 'group', index, of }
  }

  #escape(): UnitTest {
    const sign = this.#peek()
    if (sign === '') throw new SyntaxError('ends with a \\')
    this.#at++
    const asClass = classEscapes.get(sign)
    if (asClass) return asClass
    const unit = unitEscapes.get(sign)
    if (unit !== undefined) return one(unit)
    if (/[A-Za-z0-9]/.test(sign)) throw new SyntaxError(`has \\${sign}, which is not supported`)
    return one(sign.charCodeAt(0))
  }

  #set(): UnitTest {
    const isNegated = this.#takes('^')
    const tests: UnitTest[] = []
    while (this.#peek() !== ']') {
      if (this.#peek() === '') throw new SyntaxError('has a [ that is not closed')
      tests.push(this.#setPart())
    }
    this.#at++
    const any: UnitTest = (unit) => tests.some((test) => test(unit))
    return isNegated ? not(any) : any
  }

  #setPart(): UnitTest {
    const first = this.#setUnit()
    if (typeof first === 'function') return first
    const isRange = this.#peek() === '-' && !['', ']'].includes(this.#source.charAt(this.#at + 1))
    if (!isRange) return one(first)
    this.#at++
    const last = this.#setUnit()
    if (typeof last === 'function' || last < first) throw new SyntaxError('has a range in [] that is none')
    return (unit) => unit >= first && unit <= last
  }

  #setUnit(): number | UnitTest {
    const sign = this.#peek()
    this.#at++
    if (sign !== '\\') return sign.charCodeAt(0)
    const escaped = this.#peek()
    const asClass = classEscapes.get(escaped)
    if (asClass) {
      this.#at++
      return asClass
    }
    const unit = unitEscapes.get(escaped)
    if (unit === undefined && /[A-Za-z0-9]|^$/.test(escaped)) {
      throw new SyntaxError(`has \\${escaped}, which is not supported`)
    }
    this.#at++
    return unit ?? escaped.charCodeAt(0)
  }
}

function mayBeEmpty(tree: PatternTree): boolean {
  switch (tree.kind) {
    case 'set':
      return false
    case 'sequence':
      return tree.parts.every(mayBeEmpty)
    case 'choice':
      return tree.options.some(mayBeEmpty)
    case 'repeat':
      return tree.min === 0
    case 'group':
      return mayBeEmpty(tree.of)
    case 'empty':
    case 'start':
    case 'end':
      return true
  }
}

function one(expected: number): UnitTest {
  return (unit) => unit === expected
}
