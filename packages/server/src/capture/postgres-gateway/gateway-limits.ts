/** The named limits of a gateway. Sizes in bytes, times in ms. */
export const gatewayLimits = {
  /** Sessions at once, from the startup packet on; one more is refused. */
  sessionsMax: 1000,
  /** Connections beyond that, so that a client can cancel a statement, or be told why it is refused. */
  spareConnectionsMax: 100,
  /** From the connection to the end of the sign-in. */
  signInMs: 60_000,
  /** How long the server may take to accept a connection. */
  connectMs: 10_000,
  /** When the gateway closes, sessions at work have so long to end. */
  drainMs: 5000,
  /** After one side has ended, what the other still sends is passed on for so long. */
  halfClosedMs: 30_000,
  /** Of a longer statement only the beginning is read; all of it is passed on. */
  statementBytesMax: 1024 * 1024,
  /** What is read of the values of one execution, and how many of them. */
  bindBytesMax: 64 * 1024,
  bindParametersMax: 1000,
  /** What one event lists of the values of executions that were sent as a batch. */
  bindBatchBytesMax: 64 * 1024,
  /** The text of prepared statements that one session keeps. */
  preparedBytesMax: 8 * 1024 * 1024,
  preparedMax: 10_000,
  /** The portals that one session keeps, and what the values in them take. */
  portalsMax: 1000,
  portalBytesMax: 8 * 1024 * 1024,
  /** Messages that the server has not answered yet: with more, the client is not read. */
  pendingMax: 10_000,
  /** What their texts and values may take; beyond, queries wait and others are told without. */
  pendingBytesMax: 16 * 1024 * 1024,
  /** Statements of one simple query that get an event each; with more there is one for all of them. */
  statementsPerQueryMax: 10_000,
} as const

export type GatewayLimits = { [K in keyof typeof gatewayLimits]: number }
