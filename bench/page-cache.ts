import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'

/**
 * Makes the operating system forget what it has read from disks, so that the next reader reads them. Returns false
 * where it may not be asked to (it needs root on Linux): what follows is then warm, and the document has to say so.
 */
export function dropPageCache(): boolean {
  try {
    execFileSync('sync')
    writeFileSync('/proc/sys/vm/drop_caches', '3')
    return true
  } catch {
    return false
  }
}
