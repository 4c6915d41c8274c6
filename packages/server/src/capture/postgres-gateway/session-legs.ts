import type { Socket } from 'node:net'
import type { ReadBuffer } from './read-buffer.ts'

/** Why a leg is not being read. They add up: it is read again when the last one is gone. */
export const holdReasons = {
  /** The other leg does not take more at present. */
  full: 1,
  /** The server has too much to answer. */
  pending: 2,
  /** The recorder is waited for. */
  recorder: 4,
} as const

/** One of the two connections of a session. */
export class Leg {
  readonly socket: Socket
  readonly #buffer: ReadBuffer | undefined
  #holds = 0
  bytesRead = 0

  /** `buffer`: what the socket is read into; without it, it has one for each read. */
  constructor(socket: Socket, buffer?: ReadBuffer) {
    this.socket = socket
    this.#buffer = buffer
  }

  onData(take: (chunk: Buffer) => void): void {
    if (this.#buffer === undefined) this.socket.on('data', take)
    else this.#buffer.onData = take
  }

  /** The chunk that was read last is needed longer. */
  keepChunk(): void {
    this.#buffer?.keepChunk()
  }

  hold(reason: number): void {
    if (this.#holds === 0) this.socket.pause()
    this.#holds |= reason
  }

  release(reason: number): void {
    if ((this.#holds & reason) === 0) return
    this.#holds &= ~reason
    if (this.#holds === 0) this.socket.resume()
  }

  holdsFor(reason: number): boolean {
    return (this.#holds & reason) !== 0
  }

  /** Writes what came from the other leg, which is not read while this one has too much to write. */
  write(bytes: Buffer, from: Leg): void {
    const hasRoom = this.socket.write(bytes)
    if (this.socket.writableLength > 0) from.keepChunk()
    if (!hasRoom) from.hold(holdReasons.full)
  }
}

/** How long somebody who is told why may take to read it. */
const farewellMs = 1000

/**
 * Sends the last words and closes. What still comes is thrown away until then: a connection that is closed with unread
 * bytes is reset, and the last words with it.
 */
export function sayLastWords(socket: Socket, words: Buffer): void {
  if (socket.destroyed) return
  socket.removeAllListeners('data')
  socket.on('data', () => undefined)
  socket.resume()
  socket.end(words)
  const timer = setTimeout(() => socket.destroy(), farewellMs)
  socket.once('end', () => socket.destroySoon())
  socket.once('close', () => clearTimeout(timer))
}
