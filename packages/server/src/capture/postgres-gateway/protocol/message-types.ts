/**
 * The first bytes of messages (PostgreSQL's manual, chapter "Frontend/Backend Protocol", section "Message Formats").
 * The same byte means another thing in the other direction.
 */
export const frontend = {
  query: 0x51, // Q
  parse: 0x50, // P
  bind: 0x42, // B
  execute: 0x45, // E
  describe: 0x44, // D
  close: 0x43, // C
  flush: 0x48, // H
  sync: 0x53, // S
  functionCall: 0x46, // F
  copyData: 0x64, // d
  copyDone: 0x63, // c
  copyFail: 0x66, // f
  password: 0x70, // p: also SASL and GSS
  terminate: 0x58, // X
} as const

export const backend = {
  authentication: 0x52, // R
  backendKeyData: 0x4b, // K
  parameterStatus: 0x53, // S
  readyForQuery: 0x5a, // Z
  commandComplete: 0x43, // C
  emptyQueryResponse: 0x49, // I
  errorResponse: 0x45, // E
  noticeResponse: 0x4e, // N
  notificationResponse: 0x41, // A
  rowDescription: 0x54, // T
  dataRow: 0x44, // D
  noData: 0x6e, // n
  parameterDescription: 0x74, // t
  parseComplete: 0x31, // 1
  bindComplete: 0x32, // 2
  closeComplete: 0x33, // 3
  portalSuspended: 0x73, // s
  copyInResponse: 0x47, // G
  copyOutResponse: 0x48, // H
  copyBothResponse: 0x57, // W
  copyData: 0x64, // d
  copyDone: 0x63, // c
  functionCallResponse: 0x56, // V
  negotiateProtocolVersion: 0x76, // v
} as const

/** How long messages of a type may be, and how much of their body is read; a length of 0 means an unknown type. */
export type MessageRules = {
  /** By type: the largest length a header may tell (it counts itself, but not the type). */
  lengthMax: Float64Array
  /** By type: how many bytes of the body are gathered; 0 skips it. */
  gatherMax: Float64Array
}

type Rule = { lengthMax: number; gatherMax?: number }

/** The server's own bounds (PQ_SMALL_MESSAGE_LIMIT, PQ_LARGE_MESSAGE_LIMIT, PG_MAX_AUTH_TOKEN_LENGTH in libpq.h and auth.c). */
const small = 10_000
const large = 0x3fffffff
const token = 65_535

/** The messages of a client. Passwords and other answers of a sign-in are never gathered. */
export function frontendRules(limits: { statementBytesMax: number; bindBytesMax: number }): MessageRules {
  const { statementBytesMax, bindBytesMax } = limits
  return toRules([
    [frontend.query, { lengthMax: large, gatherMax: statementBytesMax }],
    [frontend.parse, { lengthMax: large, gatherMax: statementBytesMax }],
    [frontend.bind, { lengthMax: large, gatherMax: bindBytesMax }],
    [frontend.functionCall, { lengthMax: large, gatherMax: 4 }],
    [frontend.execute, { lengthMax: small, gatherMax: small }],
    [frontend.describe, { lengthMax: small, gatherMax: small }],
    [frontend.close, { lengthMax: small, gatherMax: small }],
    [frontend.flush, { lengthMax: small }],
    [frontend.sync, { lengthMax: small }],
    [frontend.copyData, { lengthMax: large }],
    [frontend.copyDone, { lengthMax: small }],
    [frontend.copyFail, { lengthMax: small }],
    [frontend.password, { lengthMax: token }],
    [frontend.terminate, { lengthMax: small }],
  ])
}

/** The messages of a server. Of an authentication request the code and the names of mechanisms are read. */
export function backendRules(): MessageRules {
  const any = 0x7fffffff
  return toRules([
    [backend.authentication, { lengthMax: token, gatherMax: 1024 }],
    [backend.backendKeyData, { lengthMax: small, gatherMax: 260 }],
    [backend.parameterStatus, { lengthMax: any, gatherMax: 1024 }],
    [backend.readyForQuery, { lengthMax: small, gatherMax: 1 }],
    [backend.commandComplete, { lengthMax: any, gatherMax: 256 }],
    [backend.errorResponse, { lengthMax: any, gatherMax: 16 * 1024 }],
    [backend.emptyQueryResponse, { lengthMax: small }],
    [backend.noticeResponse, { lengthMax: any }],
    [backend.notificationResponse, { lengthMax: any }],
    [backend.rowDescription, { lengthMax: any }],
    [backend.dataRow, { lengthMax: any }],
    [backend.noData, { lengthMax: small }],
    [backend.parameterDescription, { lengthMax: any, gatherMax: 4096 }],
    [backend.parseComplete, { lengthMax: small }],
    [backend.bindComplete, { lengthMax: small }],
    [backend.closeComplete, { lengthMax: small }],
    [backend.portalSuspended, { lengthMax: small }],
    [backend.copyInResponse, { lengthMax: small }],
    [backend.copyOutResponse, { lengthMax: small }],
    [backend.copyBothResponse, { lengthMax: small }],
    [backend.copyData, { lengthMax: any }],
    [backend.copyDone, { lengthMax: small }],
    [backend.functionCallResponse, { lengthMax: any }],
    [backend.negotiateProtocolVersion, { lengthMax: token }],
  ])
}

function toRules(rules: readonly [number, Rule][]): MessageRules {
  const lengthMax = new Float64Array(256)
  const gatherMax = new Float64Array(256)
  for (const [type, rule] of rules) {
    lengthMax[type] = rule.lengthMax
    gatherMax[type] = rule.gatherMax ?? 0
  }
  return { lengthMax, gatherMax }
}
