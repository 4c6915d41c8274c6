import type { MessageRules } from './message-types.ts'
import { ProtocolFault } from './protocol-fault.ts'

const headerBytes = 5
const nothing = Buffer.alloc(0)
/** What a gathered body takes at first; it grows with what comes, not with what its header tells. */
const gatherBytesMin = 4096

/**
 * Cuts one direction of a session into messages, fed chunk by chunk in any split. Bodies that nobody needs are passed
 * over by their length and never touched; of the others as much as the rules say is gathered: without a copy where it
 * lies in one chunk.
 *
 * `feed` a chunk, then call `next` until it says false: after each true the fields describe one message. A message is
 * told when it is complete, or, if it is longer than what is gathered of it, when that much of it is there; the rest is
 * then passed over.
 */
export class MessageWalker {
  readonly #lengthMax: Float64Array
  readonly #gatherMax: Float64Array
  #chunk: Buffer = nothing
  #at = 0
  readonly #header = Buffer.alloc(headerBytes)
  /** How much of a header that is split between chunks is there. */
  #headerGot = 0
  /** The message is being passed over (skipped and not told yet), gathered, or neither. */
  #skipLeft = 0
  #isSkipping = false
  #gatherLeft = 0
  #gathered: Buffer = nothing
  #gatheredBytes = 0
  /** Bytes of a told message that are still to come. */
  #tailLeft = 0

  /** The first byte of the message. */
  type = 0
  /** What its header tells: the length of its body and 4. */
  length = 0
  /** Where it begins in the chunk; 0 if it began in an earlier one. */
  begin = 0
  /** Where it ends in the chunk, or where its gathered part ends. */
  end = 0
  /** The gathered part lies here, from `bodyStart` to `bodyEnd`. Valid until the next call; empty if it was skipped. */
  body: Buffer = nothing
  bodyStart = 0
  bodyEnd = 0

  constructor(rules: MessageRules) {
    this.#lengthMax = rules.lengthMax
    this.#gatherMax = rules.gatherMax
  }

  /** Takes the next chunk of the stream. The one before must have been walked to its end. */
  feed(chunk: Buffer): void {
    this.#chunk = chunk
    this.#at = 0
    this.begin = 0
  }

  /** True when the message could not be gathered as a whole. */
  get isCut(): boolean {
    return this.length - 4 > this.bodyEnd - this.bodyStart
  }

  /** A message has begun that has not been told yet. */
  get isOpen(): boolean {
    return this.#headerGot > 0 || this.#isSkipping || this.#gatherLeft > 0
  }

  /** How much of the message told last is still to come in further chunks. */
  get tailLeft(): number {
    return this.#tailLeft
  }

  /** The type of the open message; 0 while its header is not there. */
  get openType(): number {
    return this.#isSkipping || this.#gatherLeft > 0 ? this.type : 0
  }

  /**
   * Up to here the chunk can be passed on: a message that is being gathered, or of which only a part of the header is
   * there, begins behind it (0 where it began in an earlier chunk).
   */
  get readyTo(): number {
    return this.#headerGot > 0 || this.#gatherLeft > 0 ? this.begin : this.#at
  }

  /** Moves to the next message. Throws ProtocolFault where none can begin so. */
  next(): boolean {
    const chunk = this.#chunk
    const size = chunk.length
    if (this.#tailLeft > 0 && !this.#passTail(size)) return false
    if (this.#isSkipping) return this.#skip(size)
    if (this.#gatherLeft > 0) return this.#gather(chunk, size)
    let at = this.#at
    if (this.#headerGot === 0 && at + headerBytes <= size) {
      this.begin = at
      this.type = chunk[at] ?? 0
      this.length = chunk.readInt32BE(at + 1)
      at += headerBytes
    } else {
      if (!this.#readSplitHeader(chunk, size)) return false
      at = this.#at
    }
    const { type, length } = this
    if (length < 4 || length > (this.#lengthMax[type] ?? 0)) throw this.#fault()
    const rest = length - 4
    const wanted = Math.min(rest, this.#gatherMax[type] ?? 0)
    if (wanted === 0) {
      this.#at = at
      this.#skipLeft = rest
      this.#isSkipping = true
      return this.#skip(size)
    }
    if (at + wanted <= size) {
      this.body = chunk
      this.bodyStart = at
      this.bodyEnd = at + wanted
      return this.#tell(at + wanted, rest - wanted)
    }
    this.#at = at
    this.#gatherLeft = wanted
    this.#gatheredBytes = 0
    this.#gathered = Buffer.allocUnsafe(Math.min(wanted, Math.max(gatherBytesMin, 2 * (size - at))))
    return this.#gather(chunk, size)
  }

  #tell(end: number, tail: number): true {
    this.#at = end
    this.end = end
    this.#tailLeft = tail
    return true
  }

  #passTail(size: number): boolean {
    const step = Math.min(this.#tailLeft, size - this.#at)
    this.#tailLeft -= step
    this.#at += step
    return this.#tailLeft === 0
  }

  #skip(size: number): boolean {
    const left = size - this.#at
    if (this.#skipLeft > left) {
      this.#skipLeft -= left
      return this.#leaveOpen(size)
    }
    this.#isSkipping = false
    this.body = nothing
    this.bodyStart = 0
    this.bodyEnd = 0
    return this.#tell(this.#at + this.#skipLeft, 0)
  }

  #gather(chunk: Buffer, size: number): boolean {
    const step = Math.min(this.#gatherLeft, size - this.#at)
    const needed = this.#gatheredBytes + step
    if (needed > this.#gathered.length) {
      const grown = Buffer.allocUnsafe(Math.min(needed + this.#gatherLeft - step, needed * 2))
      this.#gathered.copy(grown, 0, 0, this.#gatheredBytes)
      this.#gathered = grown
    }
    chunk.copy(this.#gathered, this.#gatheredBytes, this.#at, this.#at + step)
    this.#gatheredBytes = needed
    this.#gatherLeft -= step
    if (this.#gatherLeft > 0) return this.#leaveOpen(size)
    this.body = this.#gathered
    this.bodyStart = 0
    this.bodyEnd = needed
    this.#gathered = nothing
    return this.#tell(this.#at + step, this.length - 4 - needed)
  }

  /** The chunk ends inside of a message. */
  #leaveOpen(size: number): false {
    this.#at = size
    return false
  }

  #readSplitHeader(chunk: Buffer, size: number): boolean {
    if (this.#headerGot === 0) this.begin = this.#at
    const step = Math.min(headerBytes - this.#headerGot, size - this.#at)
    chunk.copy(this.#header, this.#headerGot, this.#at, this.#at + step)
    this.#headerGot += step
    this.#at += step
    if (this.#headerGot < headerBytes) return false
    this.#headerGot = 0
    this.type = this.#header[0] ?? 0
    this.length = this.#header.readInt32BE(1)
    return true
  }

  #fault(): ProtocolFault {
    const { type, length } = this
    const name = type > 32 && type < 127 ? `'${String.fromCharCode(type)}'` : `0x${type.toString(16)}`
    const max = this.#lengthMax[type] ?? 0
    if (max === 0) return new ProtocolFault('unknown_type', `invalid message type ${name}`)
    if (length < 4) return new ProtocolFault('bad_length', `invalid length ${length} of a message ${name}`)
    return new ProtocolFault('too_long', `a message ${name} of ${length} bytes is longer than ${max}`)
  }
}
