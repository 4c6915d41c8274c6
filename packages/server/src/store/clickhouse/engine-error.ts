import { AuditError } from '@aleph-audit-log/domain/error'

/** ClickHouse's own code of an error (src/Common/ErrorCodes.cpp), whichever client it came through. */
export function engineErrorCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined
  const code =
    'clickhouseCode' in error ? error.clickhouseCode : 'code' in error ? Number(error.code) : undefined
  return typeof code === 'number' && Number.isInteger(code) ? code : undefined
}

/** An engine's error as the one that a caller can act on; any other as it is. */
export function asAuditError(error: unknown): unknown {
  const code = engineErrorCode(error)
  if (code === undefined) return error
  if (tooMuchCodes.has(code)) {
    return new AuditError(
      'too_large',
      'The search needs more time or memory than it may use. Narrow its time range or its terms.',
      { cause: error },
    )
  }
  if (code === 243 || code === 1002) {
    return new AuditError('storage_full', 'The disk of the event store is full.', { cause: error })
  }
  if (refusedRowCodes.has(code)) {
    return new AuditError('invalid', 'The event store refuses a row.', { cause: error })
  }
  const why = passingCodes.get(code)
  if (why !== undefined) return new AuditError('unavailable', `The event store ${why}.`, { cause: error })
  return error
}

/** TIMEOUT_EXCEEDED, TOO_SLOW, MEMORY_LIMIT_EXCEEDED, QUERY_WAS_CANCELLED. */
const tooMuchCodes: ReadonlySet<number> = new Set([159, 160, 241, 394])

/** INCORRECT_DATA, the CANNOT_PARSE family, TYPE_MISMATCH and the like: trying the same row again changes nothing. */
const refusedRowCodes: ReadonlySet<number> = new Set([
  6, 26, 27, 38, 41, 53, 69, 72, 117, 131, 321, 376, 377, 467, 675, 676, 677,
])

/** What a server says of itself, its cluster or its settings; it passes, or an operator mends it. */
const passingCodes: ReadonlyMap<number, string> = new Map([
  [81, 'has no such database'],
  [192, 'refuses its user'],
  [193, 'refuses its user'],
  [202, 'has too many queries'],
  [209, 'lost its network'],
  [210, 'lost its network'],
  [225, 'cannot reach its Keeper'],
  [236, 'is stopping'],
  [242, 'takes nothing at the moment'],
  [252, 'has too many parts to merge'],
  [285, 'has too few replicas'],
  [286, 'waits for its replicas'],
  [319, 'does not know what became of an insert'],
  [497, 'refuses its user a right'],
  [516, 'refuses its user'],
  [999, 'cannot reach its Keeper'],
])
