import { accessSync, constants, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Debian keeps the programs of PostgreSQL here, a folder for each version, and has wrappers for some of them. */
const debianFolder = '/usr/lib/postgresql'

/**
 * The path of a program that may be installed on this machine: on the PATH, where administrators' programs lie, or
 * among the newest programs of PostgreSQL that Debian has installed. Undefined where it is not there.
 */
export function findProgram(name: string): string | undefined {
  const paths = (process.env['PATH'] ?? '').split(':').filter((folder) => folder !== '')
  const folders = [...debianVersions(), ...paths, '/usr/local/sbin', '/usr/sbin']
  return folders.map((folder) => join(folder, name)).find(isProgram)
}

/** The folders with programs of PostgreSQL, the newest version first. */
function debianVersions(): string[] {
  try {
    return readdirSync(debianFolder)
      .toSorted((a, b) => Number(b) - Number(a))
      .map((version) => join(debianFolder, version, 'bin'))
  } catch {
    return []
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
