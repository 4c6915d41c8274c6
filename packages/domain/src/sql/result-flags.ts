import type { Reading } from './reading.ts'

const limits = new Set(['limit', 'fetch', 'top', 'rownum'])
/** In front of a star, and behind it, where it stands for all columns and is no multiplication. */
const beforeStar = new Set(['select', ',', '.', 'distinct', 'all'])
const behindStar = new Set([
  ',',
  'from',
  'into',
  'except',
  'exclude',
  'replace',
  'rename',
  ')',
  ';',
  'union',
  'where',
  'ilike',
  'like',
  'limit',
  'order',
  'qualify',
])

/** What the outermost query says of its result: all columns, and no limit to its rows. */
export class ResultFlags {
  #isList = false
  #hasStar = false
  #hasTables = false
  #hasLimit = false
  /** SELECT ... INTO hands its rows to nobody. */
  #makesTable = false

  /** To be called with each token of the query that is in no parentheses. */
  note(reading: Reading, at: number, to: number): void {
    const word = reading.word(at)
    if (word === 'select') this.#isList = true
    else if (word === 'from') {
      this.#isList = false
      this.#hasTables = true
    } else if (word === 'into') this.#makesTable = true
    else if (limits.has(word)) this.#hasLimit = true
    else if (word === '*' && this.#isList && beforeStar.has(reading.word(at - 1))) {
      this.#hasStar ||= at + 1 >= to || behindStar.has(reading.word(at + 1))
    }
  }

  addTo(flags: Set<string>): void {
    if (this.#makesTable) return
    if (this.#hasStar) flags.add('select_star')
    if (this.#hasTables && !this.#hasLimit) flags.add('no_limit')
  }
}
