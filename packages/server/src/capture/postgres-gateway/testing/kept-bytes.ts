import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Frees what nothing refers to any more, so that what is in memory after it is kept by something. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  // This flag adds the function to each new context.
  const collect = runInNewContext('gc') as () => void
  collect()
}

/** What is kept in memory, in bytes. */
export function keptBytes(): number {
  collectGarbage()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
