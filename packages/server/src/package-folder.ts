import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * The folder of this package, in which its rules and migrations lie. Looked for, because this module runs from its source
 * as well as from within a bundle, wherever that puts it.
 */
export const packageFolder = findPackage(import.meta.dirname)

function findPackage(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder
  const parent = dirname(folder)
  if (parent === folder)
    throw new Error(`No package.json above ${import.meta.dirname}: install the program again`)
  return findPackage(parent)
}
