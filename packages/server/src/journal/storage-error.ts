import { AuditError } from '@aleph-audit-log/domain/error'

/** Whether the operating system says that there is no space left, on the disk or in the owner's quota. */
export function isDiskFull(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ENOSPC' || code === 'EDQUOT'
}

/** What a failed write of the journal means to a caller: `storage_full`, or `unavailable` for everything else. */
export function asStorageError(cause: unknown): AuditError {
  return isDiskFull(cause)
    ? new AuditError('storage_full', 'The disk is full: the event was not kept.', { cause })
    : new AuditError('unavailable', 'The journal could not be written.', { cause })
}
