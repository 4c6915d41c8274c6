import { isAbsolute, resolve } from 'node:path'
import { AuditError, type Problem } from '@aleph-audit-log/domain/error'
import { readClickHouseUrl } from './clickhouse-url.ts'
import type { ClickHouseAddress } from './store/clickhouse/server-engine.ts'

/** Everything an operator can set. Durations in ms, sizes in bytes. */
export type Config = {
  host: string
  /** 0 takes a free port. */
  port: number
  dataDir: string
  /** PostgreSQL for people, keys and settings; undefined: SQLite in the data directory. Never printed: it holds a password. */
  databaseUrl: string | undefined
  /** Where people reach the server, without a trailing slash; undefined: `http://HOST:PORT`. */
  publicUrl: string | undefined
  /** Believe X-Forwarded-For and X-Forwarded-Proto of the machine in front. */
  trustProxy: boolean
  retentionDays: number
  admin: { email: string; password: string; name: string } | undefined
  bootstrapApiKey: string | undefined
  /** Scheduled exports may write files below this directory; undefined: nowhere. */
  exportDir: string | undefined
  /** Alerts may be sent to addresses that are not of the public internet. */
  webhookAllowPrivate: boolean
  /** Detection rules of the operator, beside those that come with the product; undefined: there are none. */
  rulesDir: string | undefined
  /** The ClickHouse server that keeps the events; undefined: the embedded engine does. */
  clickhouse: ClickHouseAddress | undefined
}

/** Every limit of the server has its name here. Sizes in bytes, times in ms. */
export const limits = {
  bodyBytesMax: 16 * 1024 * 1024,
  /** All bodies together that are being read or waited with; a request that needs more is refused. */
  bodiesBytesMax: 128 * 1024 * 1024,
  /** JSON bodies of everything but events. */
  settingsBodyBytesMax: 256 * 1024,
  /** All of them together, and how long one may take. */
  settingsBodiesBytesMax: 32 * 1024 * 1024,
  settingsBodyMsMax: 30_000,
  ndjsonBatchEventsMax: 1000,
  /** A client that sends nothing for so long is hung up on. */
  requestIdleMs: 60_000,
  headersTimeoutMs: 15_000,
  connectionsMax: 2000,
  groupBytesMax: 8 * 1024 * 1024,
  queueBytesMax: 64 * 1024 * 1024,
  journal: {
    segmentBytesMax: 64 * 1024 * 1024,
    payloadBytesMax: 4 * 1024 * 1024,
    unappliedBytesMax: 8 * 1024 * 1024 * 1024,
    appliedKeptMs: 24 * 3600 * 1000,
    appliedKeptBytes: 2 * 1024 * 1024 * 1024,
    /** So that people can still sign in, and what they do is recorded, when the disk is full. */
    reserveBytes: 16 * 1024 * 1024,
  },
  /** A start needs so much room for the settings' log; a full disk gets it from the reserve. */
  startBytesMin: 8 * 1024 * 1024,
  /** Shapes of SQL that are remembered: 20,000 of 800 characters each. */
  sqlReader: { shapesMax: 20_000, shapeUnitsMax: 16_000_000 },
  apply: {
    recordsMax: 50_000,
    bytesMax: 32 * 1024 * 1024,
    /** With more, the garbage collector has to move events that live on; with fewer, ids are looked up in more queries. */
    recordsPerChunk: 500,
    /** From one batch to the next, at least: each insert makes a part, so a few a second are enough. */
    intervalMs: 200,
    retryMs: { first: 250, max: 10_000 },
    queryTimeMs: 120_000,
    /** The filter of known ids takes two bytes an event; beyond this it has to look more of them up. */
    idFilterBytesMax: 256 * 1024 * 1024,
  },
  search: {
    pageEventsMax: 1000,
    /** A page ends early where its events take more. */
    pageBytesMax: 16 * 1024 * 1024,
    windowDaysDefault: 30,
    queryTimeMs: 30_000,
    queryMemoryBytes: 400_000_000,
    histogramBucketsMax: 10_000,
    facetValuesMax: 50,
    /** The same search by the same person is recorded once in this time. */
    recordOnceMs: 60_000,
  },
  export: {
    /** A page is in memory while it is written, and the next one beside it. */
    pageBytesMax: 4 * 1024 * 1024,
    concurrentMax: 4,
    queryTimeMs: 120_000,
  },
  insights: {
    /** Rows of a list in a file: they are in memory while it is written. */
    fileRowsMax: 20_000,
    /** The same of its rows by its days. */
    fileCellsMax: 1_000_000,
  },
  tail: {
    /** Live tails at once: of the whole server, and of one person or key. */
    clientsMax: 500,
    clientsOfOneMax: 20,
    /**
     * What came in of late is in memory once for all tails and the detections, of each node; who is further behind is
     * served from the store.
     */
    recentEventsMax: 20_000,
    recentBytesMax: 32 * 1024 * 1024,
    batchJsonMax: 2000,
    /** A client is given so much at a time, and the next when it has taken that. */
    pageEventsMax: 200,
    pageBytesMax: 1024 * 1024,
    /** A page from the store looks at so many positions, so that its cost does not grow with the log. */
    pagePositionsMax: 50_000,
    heartbeatMs: 15_000,
    /** How often it is looked whether who follows may still do so. */
    checkMs: 3000,
    /** A tail that is taken up again so soon is the one that was recorded. */
    resumeMs: 600_000,
    /** How often servers that share an event store tell and ask how far each has brought its events. */
    othersMs: 500,
  },
  schedules: {
    /** How often it is looked for scheduled exports that are due. */
    pollMs: 2000,
    runMsMax: 30 * 60_000,
    /** Periods that fell due while no server was running: so many are made up, the rest is told. */
    madeUpMax: 7,
    /** A run that failed for a reason that passes is tried again after each of these. */
    retryMs: [60_000, 5 * 60_000, 15 * 60_000, 60 * 60_000, 3 * 3600_000],
    /** A larger file is not attached to an e-mail. */
    attachmentBytesMax: 20 * 1024 * 1024,
    /** How long a run waits until the event store has what was acknowledged before. */
    appliedMsMax: 30_000,
    /** What a digest lists, counts, and reads of failures. */
    digest: { topMax: 10, peopleMax: 10_000, failuresMax: 5000, failurePageEvents: 1000 },
  },
  alertDeliveries: {
    /** How often it is looked for what receivers of alerts are to be told. */
    pollMs: 1000,
    /** Receivers that are told at once. */
    concurrentMax: 8,
    /** Of these, receivers whose last delivery did not arrive: the rest is kept for those that answer. */
    failingMax: 4,
    deliveryMsMax: 30_000,
    /** No more of a receiver's answer is read. */
    answerBytesMax: 64 * 1024,
    /** A delivery that failed for a reason that may pass is made again after each of these. */
    retryMs: [10_000, 60_000, 5 * 60_000, 30 * 60_000, 2 * 3600_000, 8 * 3600_000],
    /** Deliveries that have ended are shown for so long. */
    keptMs: 30 * 24 * 3600_000,
    forgetEveryMs: 3600_000,
  },
  detections: {
    /** Backtests that run at once. */
    backtestsMax: 2,
    /** Events that are held against the rules at once. */
    batchEventsMax: 5000,
    batchBytesMax: 8 * 1024 * 1024,
    /** A batch from the store looks at so many positions, so that its cost does not grow with the log. */
    batchPositionsMax: 50_000,
    /** How often it is looked for groups that have fallen silent. */
    lookMs: 5000,
    /** How far it is, is written at least so often. */
    positionsMs: 1000,
    retryMs: { first: 500, max: 30_000 },
    behindEventsMax: 200_000,
    gatherMs: 400,
    /** A rule that is tried reads so many events at a time. */
    backtestPageEvents: 10_000,
    /** How often a server looks for rules that were changed, in files and on other servers. */
    rulesPollMs: 2000,
  },
  engineMemoryBytesMax: 700_000_000,
  /** A ClickHouse server that cannot be reached is waited for at the start. */
  clickhouseWaitMs: 30_000,
  /** The event store leaves so much of the disk to the journal and the settings. */
  engineFreeBytesMin: 32 * 1024 * 1024,
  /** How often a server looks whether another one has changed the directory of people. */
  directoryPollMs: 2000,
  /** How often a server looks for what gateways left on its disk. */
  leftSpoolsMs: 60_000,
  /** An event may be dated at most so far ahead of the server's clock. */
  futureMsMax: 24 * 3600 * 1000,
  closeMs: 5000,
} as const

const integer = /^\d{1,9}$/

/**
 * Reads the environment: the only place that does.
 * Throws AuditError('invalid') that names every variable which cannot be used.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const problems: Problem[] = []
  const bad = (path: string, message: string): undefined => {
    problems.push({ path, message })
    return undefined
  }
  const value = (name: string): string | undefined => (env[name] === '' ? undefined : env[name])
  const whole = (name: string, fallback: number, min: number, max: number): number => {
    const text = value(name)
    if (text === undefined) return fallback
    const number = Number(text)
    if (integer.test(text) && number >= min && number <= max) return number
    bad(name, `must be a whole number from ${min} to ${max}`)
    return fallback
  }
  const bootstrapApiKey = value('AUDIT_BOOTSTRAP_API_KEY')
  if (bootstrapApiKey !== undefined && bootstrapApiKey.length < 32) {
    bad('AUDIT_BOOTSTRAP_API_KEY', 'must have at least 32 characters')
  }
  const config: Config = {
    host: value('HOST') ?? '127.0.0.1',
    port: whole('PORT', 4000, 0, 65_535),
    dataDir: resolve(value('AUDIT_DATA_DIR') ?? 'data'),
    databaseUrl: readDatabaseUrl(value('AUDIT_DATABASE_URL'), bad),
    publicUrl: readPublicUrl(value('AUDIT_PUBLIC_URL'), bad),
    trustProxy: readFlag('AUDIT_TRUST_PROXY', value('AUDIT_TRUST_PROXY'), bad),
    // The event store's weeks are dates, which begin in 1970.
    retentionDays: whole('AUDIT_RETENTION_DAYS', 400, 1, 20_000),
    admin: readAdmin(value, bad),
    bootstrapApiKey,
    exportDir: readPath('AUDIT_EXPORT_DIR', value('AUDIT_EXPORT_DIR'), bad),
    rulesDir: readPath('AUDIT_RULES_DIR', value('AUDIT_RULES_DIR'), bad),
    webhookAllowPrivate: readFlag('AUDIT_WEBHOOK_ALLOW_PRIVATE', value('AUDIT_WEBHOOK_ALLOW_PRIVATE'), bad),
    clickhouse: readClickHouse(value('AUDIT_CLICKHOUSE_URL'), bad),
  }
  if (problems.length > 0) {
    const list = problems.map((problem) => `${problem.path} ${problem.message}`).join('; ')
    throw new AuditError('invalid', `The environment cannot be used: ${list}.`, { problems })
  }
  return config
}

type Bad = (path: string, message: string) => undefined

function readPublicUrl(text: string | undefined, bad: Bad): string | undefined {
  if (text === undefined) return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search !== '') {
    return bad(
      'AUDIT_PUBLIC_URL',
      'must be an http or https address without a path, such as https://audit.example.com',
    )
  }
  return url.origin
}

function readPath(name: string, text: string | undefined, bad: Bad): string | undefined {
  if (text === undefined) return undefined
  return isAbsolute(text) ? resolve(text) : bad(name, 'must be an absolute path')
}

function readClickHouse(text: string | undefined, bad: Bad): ClickHouseAddress | undefined {
  if (text === undefined) return undefined
  const address = readClickHouseUrl(text)
  return typeof address === 'string' ? bad('AUDIT_CLICKHOUSE_URL', address) : address
}

/**
 * The address as it was given, for `pg` to read. A password with `/`, `?` or `#` in it that was not encoded would be
 * read as host, path or query, and stand in messages: such an address has an `@` behind its host, and is refused. The
 * message quotes nothing.
 */
function readDatabaseUrl(text: string | undefined, bad: Bad): string | undefined {
  if (text === undefined) return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isPostgres = url !== undefined && /^postgres(ql)?:$/.test(url.protocol)
  const rest = url ? `${url.pathname}${url.search}` : ''
  if (!isPostgres || rest.includes('@') || url.hash !== '' || !/^\/[^/]+$/.test(url.pathname)) {
    return bad(
      'AUDIT_DATABASE_URL',
      'must be an address such as postgres://user:password@host:5432/database, ' +
        'with special characters of the password percent-encoded',
    )
  }
  return text
}

function readFlag(name: string, text: string | undefined, bad: Bad): boolean {
  if (text === undefined || text === '0' || text === 'false') return false
  if (text === '1' || text === 'true') return true
  bad(name, 'must be 1 or 0')
  return false
}

function readAdmin(value: (name: string) => string | undefined, bad: Bad): Config['admin'] {
  const email = value('AUDIT_ADMIN_EMAIL')
  const password = value('AUDIT_ADMIN_PASSWORD')
  if (email === undefined && password === undefined) return undefined
  if (email === undefined) return bad('AUDIT_ADMIN_EMAIL', 'is needed with AUDIT_ADMIN_PASSWORD')
  if (password === undefined) return bad('AUDIT_ADMIN_PASSWORD', 'is needed with AUDIT_ADMIN_EMAIL')
  return { email, password, name: value('AUDIT_ADMIN_NAME') ?? email }
}

/** How the command line finds a server that is elsewhere; undefined: the one of the data directory. */
export type ClientConfig = { url: string; apiKey: string } | undefined

/** Reads `AUDIT_URL` and `AUDIT_API_KEY`. Throws AuditError('invalid') when only one of them is there. */
export function readClientConfig(env: NodeJS.ProcessEnv = process.env): ClientConfig {
  const { AUDIT_URL: url = '', AUDIT_API_KEY: apiKey = '' } = env
  if (url === '' && apiKey === '') return undefined
  if (url === '') throw new AuditError('invalid', 'AUDIT_API_KEY is set, but AUDIT_URL is not.')
  if (apiKey === '') throw new AuditError('invalid', 'AUDIT_URL is set, but AUDIT_API_KEY is not.')
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw new AuditError('invalid', 'AUDIT_URL must be an http or https address.')
  }
  return { url: url.replace(/\/+$/, ''), apiKey }
}
