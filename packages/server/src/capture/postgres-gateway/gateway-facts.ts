import type { ErrorFacts, TransactionState } from './protocol/statement-facts.ts'

/** Who is connected, from where and to what. Complete when the sign-in is over. */
export type SessionFacts = {
  /** A UUID of the gateway. */
  id: string
  /** Unix time in ms, with a fraction. */
  startedAtMs: number
  clientIp?: string
  clientPort?: number
  isEncrypted: boolean
  /** `3.0`, `3.2`: what the client asked for. */
  protocol: string
  login: string
  database: string
  application?: string
  /** A connection that copies the write-ahead log. */
  replication?: 'physical' | 'logical'
  /** How the client proved who it is, as far as the gateway could see it. */
  authentication?: { identity: string; method: string }
  backendPid?: number
  /** When the gateway was connected to the server, Unix time in ms: the server's session begins then. */
  serverConnectedAtMs?: number
  /** The gateway's own port of its connection to the server: what the server's log calls the remote port. */
  serverPort?: number
}

/** Why a session ended. */
export type SessionEndCause =
  | 'client_left'
  | 'server_left'
  | 'server_failed'
  | 'protocol_fault'
  | 'internal_error'
  | 'not_recorded'
  | 'gateway_closed'
  | 'timed_out'

export type SessionEnd = {
  /** Unix time in ms, with a fraction. */
  endedAtMs: number
  durationMs: number
  cause: SessionEndCause
  statements: number
  bytesFromClient: number
  bytesFromServer: number
  /** The last state of the transaction that is known. */
  transaction: TransactionState
  error?: ErrorFacts
}
