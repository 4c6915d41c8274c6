import { AuditError, type ErrorCode } from '@aleph-audit-log/domain/error'

/** Why a run did not deliver. One that passes is tried again; the message is for the admins of the workspace. */
export class RunFailure extends Error {
  readonly passes: boolean

  constructor(message: string, { passes, cause }: { passes: boolean; cause?: unknown }) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'RunFailure'
    this.passes = passes
  }
}

const passing: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'unavailable',
  'overloaded',
  'storage_full',
  'rate_limited',
])

/**
 * An error of a run as what is told of it; undefined for a bug, of which only the server's log tells more. Errors of
 * files and disks pass: somebody mounts the folder, or makes room.
 */
export function toRunFailure(error: unknown): RunFailure | undefined {
  if (error instanceof RunFailure) return error
  if (error instanceof AuditError) {
    const told = error.problems.map(({ path, message }) => `${path} ${message}`).join('; ')
    const message = told === '' ? error.message : `${error.message} (${told})`
    return new RunFailure(message, { passes: passing.has(error.code), cause: error })
  }
  const code =
    error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : undefined
  if (code === undefined) return undefined
  return new RunFailure(`The file could not be written (${code}).`, { passes: true, cause: error })
}
