import { MessageChannel } from 'node:worker_threads'
import type { EventLines } from '../store/event-store.ts'

/** Smaller ones may share their memory with others. */
const freedBytesMin = 64 * 1024

const nowhere = openNowhere()

/**
 * Gives the memory of a page back at once; nothing may look at the page any more. To the garbage collector a page is a
 * small object: left to it, pages of many megabytes pile up, and each takes memory that was never touched before. Bytes
 * that are handed over to a closed port are freed.
 */
export function freeLines(lines: EventLines): void {
  const { buffer } = lines
  if (buffer.byteLength < freedBytesMin || buffer.byteLength !== lines.length) return
  if (buffer instanceof ArrayBuffer) nowhere.postMessage(undefined, [buffer])
}

function openNowhere(): MessageChannel['port1'] {
  const { port1, port2 } = new MessageChannel()
  port2.close()
  port1.unref()
  return port1
}
