/** Lines as PostgreSQL 18 writes them, for tests that need no server. */
export type LineFields = Readonly<Record<string, string | number | undefined>>

const sessionStartMs = Date.UTC(2026, 10, 22, 10, 0, 0)

/** The id of the session with this process number, which began at `startMs`. */
export function sessionId(pid: number, startMs = sessionStartMs): string {
  return `${Math.floor(startMs / 1000).toString(16)}.${pid.toString(16)}`
}

/** One line of jsonlog (without newline), keys in PostgreSQL's order. */
export function logLine(pid: number, lineNum: number, fields: LineFields, startMs = sessionStartMs): string {
  const start = new Date(startMs).toISOString()
  const { timestamp, query_id: queryId, ...others } = fields
  const line = {
    timestamp: timestamp ?? `${start.slice(0, 10)} ${start.slice(11, 23)} UTC`,
    user: 'ann',
    dbname: 'prod',
    pid,
    remote_host: '203.0.113.9',
    remote_port: 48_000,
    session_id: sessionId(pid, startMs),
    line_num: lineNum,
    ps: 'SELECT',
    session_start: `${start.slice(0, 10)} ${start.slice(11, 19)} UTC`,
    txid: 0,
    error_severity: 'LOG',
    ...others,
    backend_type: others['backend_type'] ?? 'client backend',
  }
  // JSON.stringify cannot write 64 bits.
  return `${JSON.stringify(line).slice(0, -1)},"query_id":${String(queryId ?? 0)}}`
}

/** The line of a simple query under `log_min_duration_statement=0`. */
export function queryLine(pid: number, lineNum: number, sql: string, startMs = sessionStartMs): string {
  return logLine(pid, lineNum, { message: `duration: 0.473 ms  statement: ${sql}` }, startMs)
}

/** A keyed hash for tests. */
export function hashSecret(text: string): string {
  let hash = 0x811c9dc5
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return hash.toString(16).padStart(8, '0')
}
