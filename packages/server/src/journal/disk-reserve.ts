import { randomBytes } from 'node:crypto'
import { open, stat, statfs, truncate } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isDiskFull } from './storage-error.ts'

/** How much is given back to the disk at a time. */
const stepBytes = 1024 * 1024
/** The disk counts as having room again when so much is free beside the reserve. */
const roomBytesMin = 4 * 1024 * 1024

/**
 * Space on the disk that is kept for the few events which must be stored even when the disk is full: a file that is
 * really written (a sparse one would reserve nothing), and cut when its space is needed.
 *
 * States: *whole*; *wanting* (the disk was full: some of the file may be given away) until the disk has room for the
 * whole file and some more. While it is wanting, only urgent events are taken: what was given back is theirs.
 */
export class DiskReserve {
  readonly #path: string
  readonly #bytes: number
  #heldBytes = 0
  #wanting = false
  /** One thing at a time changes the file. */
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(path: string, bytes: number) {
    this.#path = path
    this.#bytes = bytes
  }

  /** Opens the reserve in the file `path`, and makes it as far as the disk has room for it. `bytes` 0: there is none. */
  static async open(path: string, bytes: number): Promise<DiskReserve> {
    const reserve = new DiskReserve(path, bytes)
    if (bytes === 0) return reserve
    reserve.#heldBytes = Math.min((await statIfThere(path))?.size ?? 0, bytes)
    reserve.#wanting = reserve.#heldBytes < bytes
    await reserve.restore()
    return reserve
  }

  /** Whether the disk was full, as far as is known, so that only urgent events are taken. */
  get isWanting(): boolean {
    return this.#wanting
  }

  /** What is given away at the moment. */
  get givenBytes(): number {
    return this.#bytes - this.#heldBytes
  }

  /** Says that a write found the disk full. */
  noteFull(): void {
    if (this.#bytes > 0) this.#wanting = true
  }

  /** Gives a step of the reserve back to the disk; false when nothing is left, or the disk does not even do that. */
  async release(): Promise<boolean> {
    return this.#inTurn(async () => {
      this.noteFull()
      if (this.#heldBytes === 0) return false
      const held = Math.max(0, this.#heldBytes - stepBytes)
      try {
        await truncate(this.#path, held)
      } catch {
        return false
      }
      this.#heldBytes = held
      return true
    })
  }

  /** Makes the reserve whole again if the disk has room for it and for some more. Resolves whether it is whole. */
  async restore(): Promise<boolean> {
    return this.#inTurn(async () => {
      if (!this.#wanting) return true
      if (!(await this.#hasRoom())) return false
      try {
        await this.#fill()
      } catch (error) {
        if (!isDiskFull(error)) throw error
        return false
      }
      this.#wanting = false
      return true
    })
  }

  async #hasRoom(): Promise<boolean> {
    const { bavail, bsize } = await statfs(dirname(this.#path))
    return bavail * bsize >= this.givenBytes + roomBytesMin
  }

  async #fill(): Promise<void> {
    if (this.#heldBytes === this.#bytes) return
    const file = await open(this.#path, 'a', 0o600)
    try {
      while (this.#heldBytes < this.#bytes) {
        // Random, because some file systems do not store zeros.
        const piece = randomBytes(Math.min(stepBytes, this.#bytes - this.#heldBytes))
        const { bytesWritten } = await file.write(piece)
        this.#heldBytes += bytesWritten
      }
      await file.sync()
    } finally {
      await file.close()
    }
  }

  async #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(run)
    this.#turn = result.catch(() => undefined)
    return result
  }
}

/**
 * Cuts the reserve in the file `path`, which nobody has open, if its disk has less than `bytes` free: a server that is
 * started on a full disk needs some room before it can take from its reserve.
 */
export async function makeRoomToStart(path: string, bytes: number): Promise<void> {
  const reserve = await statIfThere(path)
  if (!reserve) return
  const { bavail, bsize } = await statfs(path)
  if (bavail * bsize < bytes) await truncate(path, Math.max(0, reserve.size - bytes))
}

async function statIfThere(path: string): Promise<{ size: number } | undefined> {
  try {
    return await stat(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
