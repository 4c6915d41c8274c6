import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type {
  AuditEvent,
  Attribution,
  EventDraft,
  PolicyVerdict,
  Statement,
} from '@aleph-audit-log/domain/event'
import { toIpKey } from '@aleph-audit-log/domain/ip'
import { actorTags, type KnownActor } from '@aleph-audit-log/domain/policy/known-actor'
import { networkOf, toPolicyName } from '@aleph-audit-log/domain/policy/policy-question'
import { buildTagIndex } from '@aleph-audit-log/domain/policy/tag-index'
import { toSearchText } from '@aleph-audit-log/domain/search-text'
import { timeToMs } from '@aleph-audit-log/domain/time'
import type { Settings } from '../settings/open-settings.ts'
import { readPolicies } from '../settings/policies/policies.ts'
import { readExceptionRows } from '../settings/policies/policy-exceptions.ts'
import { readTableTags } from '../settings/policies/table-tags.ts'
import { judgeStatement, tagsOfStatement, type Exception, type Rulebook } from './judge-statement.ts'
import { PolicySet, type NamedPolicy } from './policy-set.ts'
import { readPolicy, type PolicyReading } from './read-policy.ts'

/** What is judged: an event with its statement and its actor, as far as they are known. */
export type EventToJudge = Pick<AuditEvent, 'actor' | 'data' | 'context' | 'occurredAt'> & {
  statement?: Statement
  attribution?: Attribution
}

export type JudgeEvent = (
  event: EventToJudge,
  actor: KnownActor,
  way: { workspaceId: string; source: string },
) => { tags?: string[]; policy?: PolicyVerdict }

/**
 * The policies, tags and exceptions of all workspaces in memory, where each event is judged. What changes here is there when
 * `refresh` has ended; what another server changes, when it is called the next time.
 */
export type PolicyDirectory = {
  /** The tags of an event, and what policies say of a query. It never throws, and calls Cedar for each combination once. */
  judge: JudgeEvent
  rulebookOf: (workspaceId: string) => Rulebook
  /** Why a policy that is switched on is not judged, by its id. */
  faultsOf: (workspaceId: string) => ReadonlyMap<string, string>
  refresh: () => Promise<void>
  /** Hands over, once each, an event for every policy that could not be judged. */
  tellFaults: (record: (draft: EventDraft, workspaceId: string) => Promise<void>) => Promise<void>
}

type Fault = { policy: Omit<NamedPolicy, 'read'>; message: string }
type Held = Rulebook & { version: number; policies: readonly NamedPolicy[]; faults: Map<string, string> }

const emptyRulebook: Rulebook = { tags: buildTagIndex([]), set: undefined, exceptions: [] }
const noFaults: ReadonlyMap<string, string> = new Map()
/** Texts that were read are remembered, because reading one takes some ms; so many, then those of now. */
const textsMax = 1000
/** Faults that wait to be told; the rest is found again. */
const faultsMax = 1000

export async function openPolicyDirectory(settings: Settings): Promise<PolicyDirectory> {
  const held = new Map<string, Held>()
  const readings = new Map<string, PolicyReading>()
  let untold: (Fault & { workspaceId: string })[] = []
  const noteFault = (workspaceId: string, faults: Map<string, string>, fault: Fault): void => {
    if (faults.has(fault.policy.id) || untold.length >= faultsMax) return
    faults.set(fault.policy.id, fault.message)
    untold.push({ ...fault, workspaceId })
  }

  async function read(): Promise<void> {
    const versions = await settings.db.selectFrom('policy_changes').selectAll().execute()
    for (const { workspace_id: workspaceId, version } of versions) {
      const before = held.get(workspaceId)
      // The version is read before what it counts: at worst the same is read twice.
      if (before?.version === version) continue
      const after = await readWorkspace(settings, workspaceId, version, before, readings, noteFault)
      held.set(workspaceId, after)
      if (before !== undefined && before.set !== after.set) before.set?.close()
    }
  }

  let refreshing: Promise<void> = Promise.resolve()
  const refresh = async (): Promise<void> => {
    // One after the other, so that an old state is never put over a newer one; and each begins after the call.
    const next = refreshing.then(read)
    refreshing = next.catch(() => undefined)
    return next
  }
  await refresh()
  return {
    judge: (event, actor, way) => judgeEvent(held.get(way.workspaceId) ?? emptyRulebook, event, actor, way),
    rulebookOf: (workspaceId) => held.get(workspaceId) ?? emptyRulebook,
    faultsOf: (workspaceId) => held.get(workspaceId)?.faults ?? noFaults,
    refresh,
    tellFaults: async (record) => {
      const telling = untold
      untold = []
      for (const fault of telling) await record(faultEvent(fault), fault.workspaceId)
    },
  }
}

type NoteFault = (workspaceId: string, faults: Map<string, string>, fault: Fault) => void

async function readWorkspace(
  { db }: Settings,
  workspaceId: string,
  version: number,
  before: Held | undefined,
  readings: Map<string, PolicyReading>,
  noteFault: NoteFault,
): Promise<Held> {
  const faults = new Map<string, string>()
  const policies: NamedPolicy[] = []
  for (const { id, name, text, enabled, version: policyVersion } of await readPolicies(db, workspaceId)) {
    if (!enabled) continue
    if (!readings.has(text)) {
      if (readings.size >= textsMax) readings.clear()
      readings.set(text, readPolicy(text))
      // Others may go on meanwhile: Cedar takes some ms.
      await setImmediate()
    }
    const reading = readings.get(text)
    if (reading?.policy !== undefined)
      policies.push({ id, name, version: policyVersion, read: reading.policy })
    else {
      const message = reading?.problems[0]?.message ?? 'It cannot be read.'
      noteFault(workspaceId, faults, { policy: { id, name, version: policyVersion }, message })
    }
  }
  const isSame = before !== undefined && keyOf(before.policies) === keyOf(policies)
  const onFault = (policy: NamedPolicy, message: string): void =>
    noteFault(workspaceId, faults, { policy, message })
  const set = isSame ? before.set : policies.length === 0 ? undefined : new PolicySet(policies, onFault)
  return {
    version,
    policies,
    faults: isSame ? before.faults : faults,
    set,
    tags: buildTagIndex(await readTableTags(db, workspaceId)),
    exceptions: (await readExceptionRows(db, workspaceId)).map(toException),
  }
}

function keyOf(policies: readonly NamedPolicy[]): string {
  return JSON.stringify(policies.map(({ id, version }) => [id, version]))
}

type ExceptionRow = Awaited<ReturnType<typeof readExceptionRows>>[number]

function toException(row: ExceptionRow): Exception {
  return {
    policyId: row.policy_id ?? undefined,
    kind: row.subject_kind,
    subject: toPolicyName(row.subject),
    fromMs: Date.parse(row.from_at),
    untilMs: Date.parse(row.until_at),
  }
}

/** Addresses come again and again; more than these are looked at anew. */
const addressesMax = 20_000
const networks = new Map<string, string>()

function networkOfAddress(ip: string): string | undefined {
  const known = networks.get(ip)
  if (known !== undefined) return known
  const network = networkOf(toIpKey(ip) ?? '')
  if (networks.size >= addressesMax) networks.clear()
  // What is no address is a text of any length, which somebody made up.
  if (network !== undefined) networks.set(ip, network)
  return network
}

/** The tags of an event by this rulebook, and what it says of a query. */
export function judgeEvent(
  rulebook: Rulebook,
  event: EventToJudge,
  actor: KnownActor,
  { source }: { source: string },
): { tags?: string[]; policy?: PolicyVerdict } {
  const { statement, data, context, occurredAt, attribution } = event
  const own = actorTags(actor, event.actor, occurredAt)
  // What people do in this product is no query.
  if (statement === undefined || source === 'app') return own.length === 0 ? {} : { tags: own }
  const database = typeof data?.['database'] === 'string' ? data['database'] : ''
  const { ofTable, all } = tagsOfStatement(rulebook, { statement, database })
  const tags = own.length === 0 && all.length === 0 ? undefined : [...all, ...own]
  if (rulebook.set === undefined) return tags === undefined ? {} : { tags }
  const { id, name, email } = event.actor
  const policy = judgeStatement(
    rulebook,
    {
      statement,
      database,
      actor,
      names: () =>
        [email, id, name].flatMap((text) => (text === undefined || text === '' ? [] : [toPolicyName(text)])),
      way: {
        tool: toSearchText(attribution?.tool ?? ''),
        application: toSearchText(context?.application ?? ''),
        network: rulebook.set.uses.network !== 'none' ? networkOfAddress(context?.ip ?? '') : undefined,
      },
      ms: timeToMs(occurredAt),
    },
    ofTable,
  )
  return { ...(tags === undefined ? {} : { tags }), ...(policy === undefined ? {} : { policy }) }
}

/** The same on every server, so that it is kept once. */
function faultEvent({ policy, message }: Fault): EventDraft {
  const { id, name, version } = policy
  const hash = createHash('sha256').update(`policy_failed ${id} ${version} ${message}`).digest('hex')
  const [first, second, third, fourth] = [
    hash.slice(0, 8),
    hash.slice(8, 12),
    hash.slice(13, 16),
    hash.slice(17, 20),
  ]
  return {
    // A UUID of version 8 (RFC 9562): what is in it is ours.
    id: `${first}-${second}-8${third}-8${fourth}-${hash.slice(20, 32)}`,
    type: 'policy_failed',
    actor: { type: 'system', id: 'policies', name: 'Aleph Audit Log' },
    outcome: 'failure',
    data: { version, error: { message } },
    targets: [{ type: 'policy', id, name }],
  }
}
