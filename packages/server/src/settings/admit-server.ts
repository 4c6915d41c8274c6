import { createHmac } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { Settings } from './open-settings.ts'
import { settingsLimits } from './settings-limits.ts'

export type AdmitServerOptions = {
  settings: Settings
  /** Names this server in positions and locks; every server has its own. */
  node: string
  /** The secrets that all servers must have, by the name of their file. */
  secrets: Readonly<Record<string, Buffer>>
  /** The folder with the files, for messages. */
  secretsPath: string
  hostName: string
  processId: number
  now: () => number
  warn: (message: string) => void
  /** How long to wait for the end of another server with the same node id, in ms. */
  waitMsMax?: number
}

export type Admission = {
  findProblems: () => string[]
  close: () => Promise<void>
}

/**
 * Lets a server in that shares its settings with others.
 *
 * All of them must sign cookies, hash contents and mask secrets with the same keys, or sessions would be good on one
 * server only and repeats would look like conflicts. So the first one leaves a fingerprint of each, and who comes with
 * another is refused. Each has its own node id, because that is half of an event's position: while one runs, another
 * with the same id is refused.
 *
 * Throws AuditError('conflict') that says which file to copy, or to remove.
 */
export async function admitServer(options: AdmitServerOptions): Promise<Admission> {
  await compareSecrets(options)
  return claimNode(options)
}

/** Tells nothing of the secret: it is 256 random bits, and they are the key here. */
function fingerprintOf(name: string, secret: Buffer): string {
  return createHmac('sha256', secret).update(`aleph-audit-log shared secret ${name}`).digest('hex')
}

async function compareSecrets({ settings, secrets, secretsPath, now }: AdmitServerOptions): Promise<void> {
  const created_at = new Date(now()).toISOString()
  const own = Object.entries(secrets).map(([name, secret]) => ({
    name,
    fingerprint: fingerprintOf(name, secret),
    created_at,
  }))
  const known = await settings.db.transaction().execute(async (transaction) => {
    await settings.lockUntilCommit(transaction, 'shared secrets')
    await transaction
      .insertInto('shared_secrets')
      .values(own)
      .onConflict((conflict) => conflict.column('name').doNothing())
      .execute()
    return transaction.selectFrom('shared_secrets').select(['name', 'fingerprint']).execute()
  })
  const fingerprints = new Map(known.map(({ name, fingerprint }) => [name, fingerprint]))
  const others = own.filter(({ name, fingerprint }) => fingerprints.get(name) !== fingerprint)
  if (others.length === 0) return
  const files = others.map(({ name }) => `secrets/${name}`).join(', ')
  throw new AuditError(
    'conflict',
    `Another server set up these settings with other secrets. Copy ${files} from the data directory of that server ` +
      `into ${secretsPath}, and never secrets/node, which is this server's own.`,
  )
}

/** The lock is held as long as the server runs; that it is alive needs no clock. */
async function claimNode(options: AdmitServerOptions): Promise<Admission> {
  const { settings, node, warn, waitMsMax = settingsLimits.nodeWaitMsMax } = options
  const claimed = new AbortController()
  let isClosing = false
  const lease = settings.lease(`node ${node}`, {
    work: async (lost) => {
      claimed.abort()
      await untilAborted(lost)
      if (!isClosing)
        warn('The connection that holds the node id of this server was lost. It is taken again.')
    },
    onError: (error) => warn(`The node id of this server could not be held: ${String(error)}`),
  })
  const close = async (): Promise<void> => {
    isClosing = true
    await lease.close()
  }
  try {
    await sleep(waitMsMax, undefined, { signal: claimed.signal }).catch(() => undefined)
    if (!claimed.signal.aborted) throw await nodeInUse(options)
    await writeNode(options)
  } catch (error) {
    await close()
    throw error
  }
  const problem = 'The node id of this server is not held: another server may be using it.'
  return { findProblems: () => (lease.isHeld() ? [] : [problem]), close }
}

async function nodeInUse({ settings, node, secretsPath }: AdmitServerOptions): Promise<AuditError> {
  const other = await settings.db.selectFrom('nodes').selectAll().where('node', '=', node).executeTakeFirst()
  const who = other
    ? ` (process ${other.process_id} on ${other.host_name}, started at ${other.started_at})`
    : ''
  return new AuditError(
    'conflict',
    `Another server${who} is running with the node id ${node} of this one: its data directory was copied. ` +
      `Stop it, or remove ${secretsPath}/node if this data directory has no events of its own yet.`,
  )
}

async function writeNode({ settings, node, hostName, processId, now }: AdmitServerOptions): Promise<void> {
  const row = { host_name: hostName, process_id: processId, started_at: new Date(now()).toISOString() }
  await settings.db
    .insertInto('nodes')
    .values({ node, ...row })
    .onConflict((conflict) => conflict.column('node').doUpdateSet(row))
    .execute()
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
