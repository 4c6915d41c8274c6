import { open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { PostgresLogSettings } from '@aleph-audit-log/domain/api/integrations'
import { AuditError } from '@aleph-audit-log/domain/error'
import { syncDirectory } from '../../journal/sync-directory.ts'
import { checkLogPath } from './check-log-path.ts'
import {
  startPostgresLogCapture,
  type CaptureCounts,
  type PostgresLogCaptureOptions,
} from './postgres-log-capture.ts'

export type ImportPostgresLogOptions = Pick<
  PostgresLogCaptureOptions,
  'ingest' | 'hashSecret' | 'clock' | 'log' | 'limits'
> &
  Pick<PostgresLogSettings, 'path' | 'bindParameters' | 'logins'> & {
    /** Goes on with what comes, until `signal` is aborted. */
    follow: boolean
    /** Where the position is kept, so that the next import goes on there; its directory exists. */
    positionFile: string
    /** Names the source in the ids of the events: importing the same log again under the same name repeats no event. */
    sourceId: string
    signal?: AbortSignal
  }

/**
 * Reads a PostgreSQL log into the audit log, to its end or as it grows. Goes on where the last import with the same
 * position file stopped. Returns what was done. Throws AuditError('invalid') for a path that cannot be read, and
 * AuditError('unavailable') if the import failed on the way; what was recorded until then stays.
 */
export async function importPostgresLog(options: ImportPostgresLogOptions): Promise<CaptureCounts> {
  const { path, bindParameters, logins, positionFile, sourceId, signal, ...rest } = options
  await checkLogPath(path)
  const capture = startPostgresLogCapture({
    ...rest,
    integration: { id: sourceId, settings: { path, bindParameters, logins } },
    loadPosition: async () => loadPositionFile(positionFile),
    savePosition: async (position) => savePositionFile(positionFile, JSON.stringify(position)),
  })
  const stop = (): void => void capture.close()
  signal?.addEventListener('abort', stop, { once: true })
  if (signal?.aborted === true) stop()
  await capture.ended
  signal?.removeEventListener('abort', stop)
  const { state, message } = capture.status()
  if (state === 'failed') throw new AuditError('unavailable', message ?? 'The import failed.')
  return capture.counts()
}

async function loadPositionFile(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new AuditError('conflict', `${path} holds no reading position. Remove it to begin anew.`, { cause })
  }
}

/** Replaced as a whole, and on the disk before it counts. */
export async function savePositionFile(path: string, text: string): Promise<void> {
  const next = `${path}.next`
  const file = await open(next, 'w', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(next, path)
  await syncDirectory(dirname(path))
}
