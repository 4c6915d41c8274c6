/** An error as the gateway itself tells it (codes: appendix A of PostgreSQL's manual). */
export type OwnError = { severity: 'ERROR' | 'FATAL'; code: string; message: string; hint?: string }

/** What ends a session. */
export function fatal(code: string, message: string): OwnError {
  return { severity: 'FATAL', code, message }
}

export const ownErrors = {
  closing: fatal('57P01', 'the gateway of the audit log is closing'),
  tooManyConnections: fatal('53300', 'too many connections to the gateway of the audit log'),
  signInTimedOut: fatal('57014', 'canceling authentication due to timeout'),
  needsEncryption: fatal('28000', 'the gateway of the audit log takes encrypted connections only'),
  needsCertificate: fatal('28000', 'connection requires a valid client certificate'),
  noReplication: fatal('0A000', 'the gateway of the audit log lets no replication through'),
  serverLost: fatal('08006', 'the connection of the gateway to the database server was lost'),
  logClosed: fatal('58000', 'the audit log cannot record what comes, so the gateway ends the session'),
  internal: fatal('XX000', 'internal error of the gateway'),
  /** What a client is told in place of a statement that cannot be recorded. */
  notRecorded: {
    severity: 'ERROR',
    code: '58000',
    message: 'the audit log cannot record this statement, so it was not executed',
    hint: 'The gateway is set to execute only what is recorded. Ask who runs the audit log.',
  },
} as const satisfies Record<string, OwnError>
