import type { ProtocolFaultKind } from './protocol/protocol-fault.ts'

/** What a gateway has counted since it was started. */
export class GatewayCounters {
  sessionsOpened = 0
  /** Connections beyond the limit. */
  sessionsRefused = 0
  signInsFailed = 0
  signInsTimedOut = 0
  statements = 0
  /** When the last one began, in Unix time; 0 before the first. */
  lastStatementAtMs = 0
  statementsFailed = 0
  /** Statements that did not go to the server because they could not be recorded. */
  statementsRefused = 0
  cancelRequests = 0
  /** The server was away, refused the connection, or went away in a session. */
  serverFailures = 0
  internalErrors = 0
  bytesFromClients = 0
  bytesFromServer = 0
  readonly faults: Partial<Record<ProtocolFaultKind, number>> = {}

  fault(kind: ProtocolFaultKind): void {
    this.faults[kind] = (this.faults[kind] ?? 0) + 1
  }
}
