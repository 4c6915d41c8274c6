import { createHash } from 'node:crypto'

/**
 * A stream of pseudo-random values that is the same on every machine: xoshiro128** (Blackman and Vigna, 2018), with
 * its state taken from SHA-256 of a text. Everything made up comes from such a stream, never from `Math.random`.
 */
export class Random {
  readonly #seed: string
  #a: number
  #b: number
  #c: number
  #d: number

  constructor(seed: string) {
    this.#seed = seed
    const state = createHash('sha256').update(seed).digest()
    this.#a = state.readUInt32LE(0)
    this.#b = state.readUInt32LE(4)
    this.#c = state.readUInt32LE(8)
    // The generator never leaves the state of all zeros.
    this.#d = state.readUInt32LE(12) | 1
  }

  /** A stream of its own under a name: what is added to one part of the company does not change the others. */
  fork(name: string): Random {
    return new Random(`${this.#seed}/${name}`)
  }

  /** 32 random bits. */
  #next(): number {
    const result = Math.imul(rotateLeft(Math.imul(this.#b, 5), 7), 9)
    const shifted = this.#b << 9
    this.#c ^= this.#a
    this.#d ^= this.#b
    this.#b ^= this.#c
    this.#a ^= this.#d
    this.#c ^= shifted
    this.#d = rotateLeft(this.#d, 11)
    return result >>> 0
  }

  /** From 0 (inclusive) to 1 (exclusive), in steps of 2^-32. */
  fraction(): number {
    return this.#next() / 2 ** 32
  }

  /** A whole number, both ends included. */
  integer(min: number, max: number): number {
    return min + Math.floor(this.fraction() * (max - min + 1))
  }

  chance(probability: number): boolean {
    return this.fraction() < probability
  }

  pick<T>(list: readonly T[]): T {
    const found = list[this.integer(0, list.length - 1)]
    if (found === undefined) throw new Error('There is nothing to pick from.')
    return found
  }

  /** Many small values and few large ones, as durations and row counts are; `median` is exceeded by half of them. */
  logNormal(median: number, sigma: number): number {
    // Box-Muller; 1 - fraction is never 0.
    const normal = Math.sqrt(-2 * Math.log(1 - this.fraction())) * Math.cos(2 * Math.PI * this.fraction())
    return median * Math.exp(sigma * normal)
  }

  /** Hex digits. */
  hex(length: number): string {
    let text = ''
    while (text.length < length) text += this.#next().toString(16).padStart(8, '0')
    return text.slice(0, length)
  }
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}

/** Picks from a list by weights, in logarithmic time. */
export class WeightedPicker<T> {
  readonly #items: readonly T[]
  readonly #ends: number[] = []
  #total = 0

  constructor(items: readonly T[], weightOf: (item: T, index: number) => number) {
    this.#items = items
    for (const [index, item] of items.entries()) {
      this.#total += weightOf(item, index)
      this.#ends.push(this.#total)
    }
    if (!(this.#total > 0)) throw new Error('There is nothing to pick from.')
  }

  pick(random: Random): T {
    const at = random.fraction() * this.#total
    let low = 0
    let high = this.#ends.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#ends[middle] ?? 0) > at) high = middle
      else low = middle + 1
    }
    // The loop ends within the list, which is not empty.
    return this.#items[low] as T
  }
}

/** Zipf's law: the item at place `rank` (from 0) is used so often, relative to the first. */
export function zipfWeight(rank: number, exponent = 0.9): number {
  return 1 / (rank + 1) ** exponent
}
