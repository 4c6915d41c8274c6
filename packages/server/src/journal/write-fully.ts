import { writeSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'

/**
 * So little is written right here: copying it into the memory of the system takes less time than to have another thread do
 * it. What waits for the disk is the sync, and that is always another thread's.
 */
const writtenAtOnceBytesMax = 64 * 1024

/** Writes all of the bytes at this position of the file. Errors: those of the system; some of it may be written then. */
export async function writeFully(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0
  while (written < bytes.length) {
    const left = bytes.length - written
    if (left <= writtenAtOnceBytesMax) written += writeSync(file.fd, bytes, written, left, position + written)
    else written += (await file.write(bytes, written, left, position + written)).bytesWritten
  }
}
