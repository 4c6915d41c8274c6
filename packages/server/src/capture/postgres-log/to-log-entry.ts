import { maskSql, maskText, type MaskedText } from '@aleph-audit-log/domain/secrets/mask-secrets'
import { hash } from 'node:crypto'
import { scanBindParameters } from './bind-parameters.ts'
import { fitText } from '../fit-text.ts'
import type { PostgresLogLimits } from './log-limits.ts'
import { readLogMessage, type LogMessage } from './log-message.ts'
import type { BindValue, EntryError, EntrySource, EntrySql } from './log-position.ts'
import type { CutValue, LogLine } from './read-log-line.ts'

/** What a line says, in a form that may leave the reader: no secret, nothing larger than an event can hold. */
export type EntryMessage =
  | { kind: 'statement'; statement: EntrySql; durationMs?: number }
  | { kind: 'error'; error: EntryError; statement?: EntrySql; ends: boolean }
  | Exclude<LogMessage, { kind: 'statement' | 'error' }>

export type LogEntry = { source: EntrySource; message: EntryMessage }

export type EntryOptions = {
  hashSecret: (text: string) => string
  /** `types`: types and lengths; `full`: the values as well. */
  bindParameters: 'types' | 'full'
  limits: PostgresLogLimits
}

/** Makes what a line says fit to leave the reader: masks secrets, leaves bind values out, cuts and says so. Pure. */
export function toLogEntry(line: LogLine, options: EntryOptions): LogEntry {
  const message = readLogMessage(line)
  return { source: sourceOf(line), message: toEntryMessage(message, line, options) }
}

function toEntryMessage(message: LogMessage, line: LogLine, options: EntryOptions): EntryMessage {
  if (message.kind === 'statement') {
    const masked = maskSql(message.sql, 'postgres', options.hashSecret)
    const statement = toEntrySql(masked, line.cut?.['message'], options)
    if (message.parameters !== undefined) {
      addBind(statement, message.parameters, masked, line.cut?.['detail'] !== undefined, options)
    }
    const entry: EntryMessage = { kind: 'statement', statement }
    if (message.durationMs !== undefined) entry.durationMs = message.durationMs
    return entry
  }
  if (message.kind !== 'error') return message
  const masked = maskSql(message.sql ?? '', 'postgres', options.hashSecret)
  const text = masked.maskBeside(maskText(message.message, options.hashSecret).text)
  const { text: fitted, cutBytes } = fitText(text, options.limits.errorBytesMax)
  const truncated = cutBytes + (line.cut?.['message']?.bytes ?? 0)
  return {
    kind: 'error',
    error: {
      code: message.code,
      message: fitted,
      ...(truncated > 0 ? { messageTruncatedBytes: truncated } : {}),
    },
    ends: message.ends,
    ...(message.sql === undefined ? {} : { statement: toEntrySql(masked, line.cut?.['statement'], options) }),
  }
}

/**
 * The SQL as much as an event can hold: with `sqlTruncatedBytes`, the UTF-8 bytes left out, and `sqlHash`, the SHA-256
 * of the whole masked text (of a line so long that the reader cut it: of what was read, a newline, and the SHA-256 of
 * the rest in hex).
 */
function toEntrySql(masked: MaskedText, cut: CutValue | undefined, options: EntryOptions): EntrySql {
  const { text, cutBytes } = fitText(masked.text, options.limits.sqlBytesMax)
  const truncated = cutBytes + (cut?.bytes ?? 0)
  if (truncated === 0) return { sql: text }
  const whole = cut === undefined ? masked.text : `${masked.text}\n${cut.sha256}`
  return { sql: text, sqlTruncatedBytes: truncated, sqlHash: hash('sha256', whole) }
}

/**
 * Adds `bind`, the parameters in their order: by default `{type: 'text', length}` (characters; PostgreSQL logs every
 * value as text) or `{type: 'null'}`, in full mode the values. Where values are too large together, or belong to a
 * statement with a secret, types and lengths (with a secret types only) stand for them and `bindReduced` says so;
 * `bindCount` tells how many there are where not all are listed, and `bindIncomplete` that the log holds fewer than
 * were sent.
 */
function addBind(
  statement: EntrySql,
  parameters: string,
  masked: MaskedText,
  isCut: boolean,
  { bindParameters, limits }: EntryOptions,
): void {
  const scanned = scanBindParameters(parameters)
  if (scanned === undefined) return
  const { values } = scanned
  const wantsValues = bindParameters === 'full'
  if (wantsValues && !masked.hasSecret && fits(values, limits)) statement.bind = values
  else {
    const listed = values.slice(0, limits.bindParametersMax)
    statement.bind = listed.map((value) => typeAndLength(value, masked.hasSecret))
    if (listed.length < values.length) statement.bindCount = values.length
    if (wantsValues) statement.bindReduced = true
  }
  if (isCut || !scanned.complete) statement.bindIncomplete = true
}

function typeAndLength(value: string | null, isSecret: boolean): BindValue {
  if (value === null) return { type: 'null' }
  return isSecret ? { type: 'text' } : { type: 'text', length: characters(value) }
}

function fits(values: readonly (string | null)[], limits: PostgresLogLimits): boolean {
  if (values.length > limits.bindParametersMax) return false
  return Buffer.byteLength(JSON.stringify(values)) <= limits.bindBytesMax
}

function characters(text: string): number {
  let count = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0xd800 && unit <= 0xdbff) count--
  }
  return count
}

function sourceOf(line: LogLine): EntrySource {
  const { timestamp, sessionId, lineNum, sessionStart, sessionStartSeconds } = line
  const source: EntrySource = { timestamp, sessionId, lineNum, sessionStart, sessionStartSeconds }
  if (line.user !== undefined) source.login = line.user
  if (line.database !== undefined) source.database = line.database
  if (line.remoteHost !== undefined) source.host = line.remoteHost
  if (line.remotePort !== undefined) source.port = line.remotePort
  if (line.application !== undefined) source.application = line.application
  if (line.backendType !== undefined) source.backendType = line.backendType
  if (line.ps !== undefined) source.ps = line.ps
  if (line.queryId !== undefined) source.queryId = line.queryId
  if (line.timeEstimated !== undefined) source.timeEstimated = true
  if (line.notUtf8 !== undefined) source.notUtf8 = true
  return source
}
