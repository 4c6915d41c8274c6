import { createHmac, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, open, readFile, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { AuditError } from '@aleph-audit-log/domain/error'
import Database from 'libsql'
import { isDiskFull } from './journal/storage-error.ts'
import { syncDirectory } from './journal/sync-directory.ts'

export type DataDirectory = {
  path: string
  /** Names this installation in positions; made once. */
  node: string
  secrets: { session: string; contentHash: Buffer; redaction: Buffer }
  release: () => void
}

/**
 * Opens the data directory for this process alone and makes its secrets on the first start.
 * Throws AuditError('conflict') when another process has it, and AuditError('storage_full') when its disk has no room
 * for a first start. The lock is an SQLite transaction that is never
 * committed: the operating system lets go of it when the process ends, however it ends.
 */
export async function openDataDirectory(path: string): Promise<DataDirectory> {
  await mkdir(path, { recursive: true, mode: 0o700 })
  await refuseFirstStartWithoutRoom(path)
  const release = await lockDirectory(path)
  try {
    const secretsDir = join(path, 'secrets')
    await mkdir(secretsDir, { recursive: true, mode: 0o700 })
    await chmod(secretsDir, 0o700)
    const [session, contentHash, redaction, node] = await Promise.all([
      secret(secretsDir, 'session', 32),
      secret(secretsDir, 'content-hash', 32),
      secret(secretsDir, 'redaction', 32),
      secret(secretsDir, 'node', 6),
    ])
    await syncDirectory(secretsDir)
    return {
      path,
      node: node.toString('hex'),
      secrets: { session: session.toString('base64url'), contentHash, redaction },
      release,
    }
  } catch (error) {
    release()
    throw error
  }
}

/** What the first start needs, with the reserve and some space to work in. */
const firstStartBytesMin = 128 * 1024 * 1024

/**
 * An engine whose files could be made in part only cannot be opened again, so a disk that is too full is refused before
 * anything is made on it. Throws AuditError('storage_full').
 */
async function refuseFirstStartWithoutRoom(path: string): Promise<void> {
  if (existsSync(join(path, 'secrets'))) return
  const { bavail, bsize } = await statfs(path)
  if (bavail * bsize >= firstStartBytesMin) return
  const mebibytes = (bytes: number): string => `${Math.floor(bytes / 1024 / 1024)} MiB`
  throw new AuditError(
    'storage_full',
    `The disk of ${path} is too full: ${mebibytes(bavail * bsize)} are free, and the first start needs ` +
      `${mebibytes(firstStartBytesMin)}.`,
  )
}

async function lockDirectory(path: string): Promise<() => void> {
  const pidFile = join(path, 'server.pid')
  const lock = new Database(join(path, 'lock.sqlite'), { timeout: 0 })
  try {
    // Nothing is ever written to it: its own journal would need room on a disk that may be full.
    lock.pragma('journal_mode = MEMORY')
    lock.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    lock.close()
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'SQLITE_BUSY')) throw cause
    const pid = await readFile(pidFile, 'utf8').catch(() => '')
    const who = /^\d+\n$/.test(pid) ? ` (process ${pid.trim()})` : ''
    throw new AuditError(
      'conflict',
      `Another process${who} is using the data directory ${path}. ` +
        'Stop it first, or set AUDIT_DATA_DIR to another directory.',
      { cause },
    )
  }
  await writePid(pidFile)
  return () => {
    lock.exec('ROLLBACK')
    lock.close()
  }
}

/** For the message of a second process alone, so a full disk does not keep the server from starting. */
async function writePid(path: string): Promise<void> {
  const file = await open(path, 'w', 0o600)
  try {
    await file.writeFile(`${process.pid}\n`)
  } catch (error) {
    if (!isDiskFull(error)) throw error
  } finally {
    await file.close()
  }
}

/** Reads the secret of this name, or makes it. Written whole and synced before use, so it is never half there. */
async function secret(dir: string, name: string, bytes: number): Promise<Buffer> {
  const path = join(dir, name)
  const found = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  })
  if (found !== undefined && /^[0-9a-f]+\n$/.test(found) && found.length === bytes * 2 + 1) {
    return Buffer.from(found.trim(), 'hex')
  }
  if (found !== undefined && found !== '') {
    throw new AuditError('unavailable', `The secret ${path} is damaged. Restore it from a backup.`)
  }
  const fresh = randomBytes(bytes)
  const file = await open(path, 'w', 0o600)
  try {
    await file.writeFile(`${fresh.toString('hex')}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  return fresh
}

/** Keyed hash in hex: 128 bits, enough to tell texts apart and useless without the key. */
export function keyedHash(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex').slice(0, 32)
}
