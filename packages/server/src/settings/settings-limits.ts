/** Every limit of the settings database. Times in ms. */
export const settingsLimits = {
  /** How long a statement waits for another process that is writing to SQLite. */
  sqliteBusyMs: 5000,
  postgres: {
    /** For each server; each lease and each name that is locked exclusively takes one more. */
    poolConnectionsMax: 10,
    /** Until a connection is made, or one of the pool is free. */
    connectMsMax: 5000,
    poolIdleMs: 30_000,
    /** A row that another transaction holds is waited for so long. */
    lockWaitMsMax: 10_000,
    statementMsMax: 15_000,
    /** The answer to a statement is waited for so long, also when the network says nothing any more. */
    answerMsMax: 20_000,
    /** A transaction waits for the journal meanwhile; a server that stops in the middle must not hold its rows longer. */
    idleInTransactionMsMax: 60_000,
    /** A commit that ended in an error: how long to ask whether it happened, and how often. */
    outcomeMsMax: 10_000,
    outcomeRetryMs: 250,
  },
  /** How often a server tries to get a lease that another one has. */
  leaseRetryMs: 2000,
  /** A connection that holds a lock says something so often, and must be answered in `heartbeatAnswerMsMax`. */
  heartbeatMs: 3000,
  heartbeatAnswerMsMax: 5000,
  /**
   * PostgreSQL takes the locks from a connection that says nothing for so long. More than both times of the heartbeat,
   * so that a server which is cut off has ended its work before another one begins.
   */
  sessionSilenceMsMax: 15_000,
  /** After the end of the server that had a lease, another one has it: silence, one try, and connecting. */
  leaseTakeoverMsMax: 20_000,
  exclusiveWaitMsMax: 300_000,
  exclusiveWaitersMax: 1000,
  /** The connection of an exclusive name is closed when nobody needed it for so long. */
  exclusiveIdleMs: 10_000,
  /** How long a start waits for the end of another server with the same node id. */
  nodeWaitMsMax: 20_000,
} as const
