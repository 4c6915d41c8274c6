const bitsPerId = 16
const wordsPerBlock = 16
const blockBits = wordsPerBlock * 32
const probes = 8

type Layer = { words: Uint32Array; blocks: number; capacity: number; size: number }

/**
 * A set of event ids that answers "surely new" or "perhaps known", in two bytes an id: a Bloom filter in blocks of one
 * cache line (Putze, Sanders, Singler: Cache-, Hash- and Space-Efficient Bloom Filters, 2007). Of a thousand new
 * ids a few are taken for known ones. It grows by further layers; when it may not grow any more it goes on with more
 * wrong guesses, which cost look-ups and never a wrong answer.
 */
export class IdFilter {
  readonly #layers: Layer[] = []
  readonly #bytesMax: number

  constructor(options: { capacity: number; bytesMax: number }) {
    this.#bytesMax = options.bytesMax
    this.#addLayer(options.capacity)
  }

  get bytes(): number {
    return this.#layers.reduce((sum, layer) => sum + layer.words.byteLength, 0)
  }

  /** Adds a lower-case UUID. */
  add(id: string): void {
    this.#add(...wordsOfText(id))
  }

  /** Adds ids given as their 16 bytes, one after the other. */
  addAll(ids: Buffer): void {
    for (let at = 0; at + 16 <= ids.length; at += 16) {
      this.#add(
        ids.readUInt32BE(at),
        ids.readUInt32BE(at + 4),
        ids.readUInt32BE(at + 8),
        ids.readUInt32BE(at + 12),
      )
    }
  }

  /** False: the id was never added. */
  mayHave(id: string): boolean {
    const [first, step] = hash(...wordsOfText(id))
    return this.#layers.some((layer) => {
      const block = blockOf(layer, first)
      for (let i = 0; i < probes; i++) {
        const bit = bitOf(first, step, i)
        if (((layer.words[block + (bit >>> 5)] ?? 0) & (1 << (bit & 31))) === 0) return false
      }
      return true
    })
  }

  #add(a: number, b: number, c: number, d: number): void {
    const newest = this.#layers.at(-1)
    const layer = newest && newest.size < newest.capacity ? newest : this.#grow()
    const [first, step] = hash(a, b, c, d)
    const block = blockOf(layer, first)
    for (let i = 0; i < probes; i++) {
      const bit = bitOf(first, step, i)
      const word = block + (bit >>> 5)
      layer.words[word] = (layer.words[word] ?? 0) | (1 << (bit & 31))
    }
    layer.size++
  }

  #grow(): Layer {
    const newest = this.#layers.at(-1)
    if (newest && this.bytes + newest.words.byteLength * 2 > this.#bytesMax) return newest
    return this.#addLayer((newest?.capacity ?? 1) * 2)
  }

  #addLayer(capacity: number): Layer {
    const blocks = Math.max(1, Math.ceil((capacity * bitsPerId) / blockBits))
    const layer = { words: new Uint32Array(blocks * wordsPerBlock), blocks, capacity, size: 0 }
    this.#layers.push(layer)
    return layer
  }
}

function wordsOfText(id: string): [number, number, number, number] {
  return [
    Number.parseInt(id.slice(0, 8), 16),
    Number.parseInt(id.slice(9, 13) + id.slice(14, 18), 16),
    Number.parseInt(id.slice(19, 23) + id.slice(24, 28), 16),
    Number.parseInt(id.slice(28, 36), 16),
  ]
}

/** Two 32-bit hashes of an id: ids may count upwards or share most of their bytes, so each word is mixed in turn. */
function hash(a: number, b: number, c: number, d: number): [first: number, step: number] {
  const first = mix(mix(mix(a) ^ b) ^ mix(c ^ mix(d)))
  return [first, mix(first ^ d ^ 0x9e3779b9)]
}

/** The finaliser of MurmurHash3 (Austin Appleby, public domain): every bit changes every other. */
function mix(value: number): number {
  let h = value
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

function blockOf(layer: Layer, first: number): number {
  return Math.floor((first / 0x1_0000_0000) * layer.blocks) * wordsPerBlock
}

/** Double hashing inside the block; an odd step reaches every bit. */
function bitOf(first: number, step: number, i: number): number {
  return ((first & 0xffff) + Math.imul(i, step | 1)) & (blockBits - 1)
}
