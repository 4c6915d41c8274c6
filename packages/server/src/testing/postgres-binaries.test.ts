import { chmod, cp, lstat, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findNativeDirectory, preparePostgresBinaries, runAsPostgres } from './postgres-binaries.ts'

test('programs without their links, in a directory that cannot be used, run from a copy', async () => {
  const base = await mkdtemp(join(tmpdir(), 'pg-binaries-'))
  try {
    await chmod(base, 0o755)
    const closed = join(base, 'closed')
    const native = join(closed, 'native')
    await cp(findNativeDirectory(), native, {
      recursive: true,
      filter: async (path) => !(await lstat(path)).isSymbolicLink(),
    })
    // Root is kept out by the closed parent (its programs run as nobody), others by what they may not write.
    await chmod(closed, 0o700)
    if (process.getuid?.() !== 0) await chmod(join(native, 'lib'), 0o500)
    const spare = join(base, 'spare')
    await mkdir(spare)
    const { postgres } = await preparePostgresBinaries(native, spare)
    expect(postgres.startsWith(spare)).toBe(true)
    expect(await runAsPostgres(postgres, ['--version'])).toContain('PostgreSQL')
    if (process.getuid?.() !== 0) await chmod(join(native, 'lib'), 0o700)
  } finally {
    await rm(base, { recursive: true, force: true })
  }
})
