import { pendingKinds, type PendingMessages } from './pending-messages.ts'
import { ProtocolFault } from './protocol-fault.ts'

/** Places in the queue before which its first data were sent, and what ended them; undefined while more may come. */
type Copy = { data: number; end: number | undefined }

/**
 * What a client sends for COPY FROM STDIN, among its other messages. While COPY takes data the server passes over Sync, and how far
 * it has read when it fails nobody outside can know. So nothing else may come in the middle of data, and when COPY has failed
 * what was sent behind it is in doubt.
 */
export class CopyData {
  readonly #queue: PendingMessages<unknown>
  #copies: Copy[] = []
  /** The server takes COPY data, and the client has not said that it is done. */
  isTaken = false
  /** A COPY has failed, and what the server passes over after that is not known. */
  isInDoubt = false

  constructor(queue: PendingMessages<unknown>) {
    this.#queue = queue
  }

  /** CopyData was sent. */
  sent(): void {
    const place = this.#queue.nextPlace
    const last = this.#copies.at(-1)
    if (last === undefined) this.#copies.push({ data: place, end: undefined })
    // With nothing in between both are of one query; so there are no more than messages.
    else if (last.end === place) last.end = undefined
    else if (last.end !== undefined) this.#copies.push({ data: place, end: undefined })
  }

  /** CopyDone or CopyFail was sent. */
  ended(): void {
    this.sent()
    const last = this.#copies.at(-1)
    if (last !== undefined) last.end = this.#queue.nextPlace
    this.isTaken = false
  }

  /** Something is sent that is neither COPY data nor Sync nor Flush. Throws ProtocolFault in the middle of data. */
  other(): void {
    if (this.isTaken) throw amidCopy()
    const last = this.#copies.at(-1)
    if (last !== undefined) last.end ??= this.#queue.nextPlace
  }

  /** The server takes data now, or has them already, where the client sent them unasked. Throws ProtocolFault. */
  asked(): void {
    const { end, isOver } = this.#first()
    if (this.#queue.hasOther(pendingKinds.sync, end)) throw amidCopy()
    this.isTaken = !isOver
  }

  /** COPY has ended well: the server has passed over every Sync up to the end of the data. */
  completed(): void {
    this.#queue.passOver(pendingKinds.sync, this.#takeFirst().end)
  }

  /** What was sent before the first data was read as part of COPY. Of what came between the data nobody knows. */
  failed(): void {
    const { data, end } = this.#takeFirst()
    this.#queue.passOver(pendingKinds.sync, Math.min(data, end))
    this.isInDoubt = this.#queue.size > 1
  }

  /** Nothing waits for an answer: client and server are in step. */
  inStep(): void {
    this.isInDoubt = false
    this.#copies = []
  }

  /** The data of the COPY that is first in the queue. */
  #first(): { data: number; end: number; isOver: boolean } {
    const { firstPlace, nextPlace } = this.#queue
    const found = this.#copies.find(({ end }) => end === undefined || end > firstPlace)
    if (found === undefined) return { data: nextPlace, end: nextPlace, isOver: false }
    return { data: found.data, end: found.end ?? nextPlace, isOver: found.end !== undefined }
  }

  #takeFirst(): { data: number; end: number } {
    const first = this.#first()
    this.#copies = this.#copies.filter(({ end }) => end === undefined || end > first.end)
    return first
  }
}

function amidCopy(): ProtocolFault {
  return new ProtocolFault('out_of_step', 'a statement came in the middle of COPY data')
}
