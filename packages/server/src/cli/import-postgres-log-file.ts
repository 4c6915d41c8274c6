import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { postgresLogSettingsSchema, type PostgresLogSettings } from '@aleph-audit-log/domain/api/integrations'
import { AuditError } from '@aleph-audit-log/domain/error'
import { toProblems } from '@aleph-audit-log/domain/event'
import { importPostgresLog } from '../capture/postgres-log/import-postgres-log.ts'
import { keyedHash } from '../data-directory.ts'
import type { Log } from '../log.ts'
import type { Connection } from './connect.ts'

export type ImportRequest = {
  path: string
  follow?: boolean
  /** A JSON file with a list of {"login", "name", "email"}. */
  logins?: string
  bindParameters: 'types' | 'full'
  /** Positions of imports are kept below it. */
  dataDir: string
  log: Log
}

/**
 * Brings PostgreSQL's log on this machine into an audit log that may be elsewhere. Goes on where the last import of the
 * same path stopped; with `follow` until SIGINT or SIGTERM.
 */
export async function importPostgresLogFile(connection: Connection, request: ImportRequest): Promise<void> {
  const path = resolve(request.path)
  const settings = await readSettings({ ...request, path })
  const stateDir = join(request.dataDir, 'imports')
  await mkdir(stateDir, { recursive: true, mode: 0o700 })
  const key = await readKey(join(stateDir, 'key'))
  const name = createHash('sha256').update(path).digest('hex').slice(0, 16)
  const interrupted = new AbortController()
  const interrupt = (): void => interrupted.abort()
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  try {
    const counts = await importPostgresLog({
      ...settings,
      follow: request.follow === true,
      positionFile: join(stateDir, `postgres-log-${name}.json`),
      sourceId: `import_${name}`,
      ingest: async (events) => void (await connection.call('POST', '/api/v1/events', { events })),
      hashSecret: (text) => keyedHash(key, text),
      clock: Date.now,
      log: request.log,
      signal: interrupted.signal,
    })
    console.log(
      `${counts.linesRead} lines read, ${counts.eventsRecorded} events recorded, ${counts.eventsRefused} refused, ` +
        `${counts.gaps} gaps, ${counts.malformedLines} lines that could not be read`,
    )
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
  }
}

async function readSettings({ path, bindParameters, logins }: ImportRequest): Promise<PostgresLogSettings> {
  const parsed = postgresLogSettingsSchema.safeParse({
    path,
    bindParameters,
    ...(logins === undefined ? {} : { logins: await readLogins(logins) }),
  })
  if (parsed.success) return parsed.data
  throw new AuditError('invalid', 'The import cannot begin.', { problems: toProblems(parsed.error, '') })
}

async function readLogins(path: string): Promise<unknown> {
  try {
    const logins: unknown = JSON.parse(await readFile(path, 'utf8'))
    return logins
  } catch (cause) {
    throw new AuditError('invalid', `${path} is no readable JSON file.`, { cause })
  }
}

/** The key that tells equal secrets apart from others; made once, because an event read again must be the same. */
async function readKey(path: string): Promise<Buffer> {
  try {
    await writeFile(path, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx', flush: true })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  return Buffer.from(await readFile(path, 'utf8'), 'hex')
}
