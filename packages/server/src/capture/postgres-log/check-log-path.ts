import { access, constants, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AuditError } from '@aleph-audit-log/domain/error'
import { findLogSource, LogFileFinder, readCurrentLogFile } from './log-files.ts'

const settingsToSet =
  'Set in postgresql.conf: logging_collector = on, log_destination = jsonlog, log_min_duration_statement = 0, ' +
  'log_connections = on, log_disconnections = on; then restart PostgreSQL.'

const oldestVersion = 15

/**
 * Checks that a path can be captured: PostgreSQL's data directory, its log folder, or one jsonlog file, readable by
 * this process. Throws AuditError('invalid') with one problem at `settings.path` that says what to do.
 */
export async function checkLogPath(path: string): Promise<void> {
  const fault = await findFault(path).catch((error: unknown) => faultOf(path, error))
  if (fault === undefined) return
  throw new AuditError('invalid', 'The PostgreSQL log cannot be read.', {
    problems: [{ path: 'settings.path', message: fault }],
  })
}

async function findFault(path: string): Promise<string | undefined> {
  const source = await findLogSource(path)
  if (source.kind === 'data_directory') return findDataDirectoryFault(path)
  if (source.kind === 'folder') {
    const files = await new LogFileFinder(source, 0).list(undefined, Date.now())
    return files.length > 0
      ? undefined
      : `${path} holds no jsonlog file (*.json) of PostgreSQL. ${settingsToSet}`
  }
  return findFileFault(path)
}

async function findDataDirectoryFault(path: string): Promise<string | undefined> {
  const version = Number.parseInt(await readFile(join(path, 'PG_VERSION'), 'utf8'), 10)
  if (version < oldestVersion) {
    return `${path} belongs to PostgreSQL ${version}; jsonlog exists from version ${oldestVersion} on`
  }
  const current = await readCurrentLogFile(path)
  if (current === undefined) return `PostgreSQL writes no jsonlog there. ${settingsToSet}`
  return findFileFault(current)
}

async function findFileFault(path: string): Promise<string | undefined> {
  const stats = await stat(path)
  if (!stats.isFile()) return `${path} is neither a directory nor a file`
  await access(path, constants.R_OK)
  if (stats.size === 0) return undefined
  const files = await new LogFileFinder({ kind: 'file', path }, 0).list(undefined, Date.now())
  return files.length > 0 ? undefined : `${path} is no jsonlog file. ${settingsToSet}`
}

function faultOf(path: string, error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) throw error
  const place = 'path' in error && typeof error.path === 'string' ? error.path : path
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return `${place} does not exist on this machine`
  if (error.code === 'EACCES' || error.code === 'EPERM') {
    return (
      `${place} may not be read by the user that runs the audit log: add that user to PostgreSQL's group, set ` +
      'log_file_mode = 0640, and give the group the right to enter the directories above'
    )
  }
  return `${place} cannot be read: ${String(error.code)}`
}
