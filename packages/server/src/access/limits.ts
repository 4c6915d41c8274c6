const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** Every limit of sign-in, members and keys. Times in ms unless the name says otherwise. */
export const limits = {
  session: {
    lifetimeSeconds: (7 * dayMs) / 1000,
    /** A session that is used is prolonged at most so often. */
    prolongAfterSeconds: dayMs / 1000,
  },
  passwordHash: {
    /** Each takes 32 MiB and about 0.1 s of a core, and a thread that the journal needs as well. */
    concurrentMax: 2,
    waitingMax: 50,
  },
  /**
   * Failed sign-ins in one window. The tight limit is for one e-mail from one address, so that a stranger cannot
   * lock somebody out by failing in their name from elsewhere; the wide ones stop a hunt from many addresses or over
   * many e-mails.
   */
  signIn: {
    windowMs: 15 * minuteMs,
    failuresOfEmailAtAddressMax: 10,
    failuresOfEmailMax: 50,
    failuresOfAddressMax: 100,
    /** In each of the three tables. */
    entriesMax: 20_000,
  },
  apiKeyCache: {
    entriesMax: 1000,
    /** A key revoked by another process (the command line, another node) works for so long at most. */
    lifetimeMs: 5000,
    lastUsedEveryMs: minuteMs,
  },
  apiKeysMax: 10_000,
  membersMax: 10_000,
  invitationsMax: 1000,
  invitationLifetimeMs: 7 * dayMs,
  setupTokenLifetimeMs: 7 * dayMs,
  passwordResetLifetimeMs: dayMs,
} as const
