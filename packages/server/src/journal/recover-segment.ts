import { AuditError } from '@aleph-audit-log/domain/error'
import { isSegmentHeader, readRecord, recordHeaderBytes, segmentHeaderBytes } from './segment-format.ts'

export type RecoveredSegment = {
  /** How many bytes of the file are whole batches: the rest is a write that was never acknowledged. */
  keptBytes: number
  nextSequence: number
}

/**
 * Finds the end of the last whole batch in the newest segment.
 *
 * A torn tail is what an interrupted write leaves behind, and nothing in it was acknowledged: it is cut off. After a
 * power cut it may have holes, with sound records of the same write behind them. A damaged record with a sound record
 * of a later write behind it is another matter: acknowledged events were damaged, so the journal refuses to open
 * instead of going on without them.
 */
export function recoverSegment(
  bytes: Buffer,
  file: string,
  firstSequence: number,
  payloadBytesMax: number,
): RecoveredSegment {
  if (!isSegmentHeader(bytes, firstSequence)) {
    if (bytes.length <= segmentHeaderBytes) return { keptBytes: 0, nextSequence: firstSequence }
    throw damaged(file, 0)
  }
  let offset = segmentHeaderBytes
  let sequence = firstSequence
  let kept: RecoveredSegment = { keptBytes: offset, nextSequence: sequence }
  while (offset < bytes.length) {
    const record = readRecord(bytes, offset, sequence, payloadBytesMax)
    if (typeof record === 'string') {
      if (hasLaterWrite(bytes, offset, sequence, payloadBytesMax)) throw damaged(file, offset)
      return kept
    }
    offset = record.endOffset
    sequence++
    if (record.endsBatch) kept = { keptBytes: offset, nextSequence: sequence }
  }
  return kept
}

/** Whether a sound record of a write that began after `sequence` stands anywhere behind `offset`. */
function hasLaterWrite(bytes: Buffer, offset: number, sequence: number, payloadBytesMax: number): boolean {
  for (let at = offset + 1; at + recordHeaderBytes <= bytes.length; at++) {
    const candidate = Number(bytes.readBigUInt64LE(at + 8))
    if (candidate <= sequence || candidate > sequence + bytes.length) continue
    const record = readRecord(bytes, at, candidate, payloadBytesMax)
    if (typeof record !== 'string' && record.firstOfWrite > sequence) return true
  }
  return false
}

function damaged(file: string, offset: number): AuditError {
  return new AuditError(
    'unavailable',
    `The journal segment ${file} is damaged at byte ${offset}, with sound later writes behind it. ` +
      'Acknowledged events may be lost there, so the server does not start. Restore the file from a backup, ' +
      'or move it out of the journal folder to go on without its events.',
  )
}
