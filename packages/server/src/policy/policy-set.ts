import type { PolicyAction, PolicyTime, PolicyWay } from '@aleph-audit-log/domain/policy/policy-question'
import { policyQuarterMs, policyTimeOf } from '@aleph-audit-log/domain/policy/policy-question'
import type { CedarValueJson } from '@cedar-policy/cedar-wasm/nodejs'
import { callCedar, cedarGeneration } from './cedar.ts'
import { actionEntities } from './cedar-schema.ts'
import { createFactKey } from './fact-key.ts'
import { joinUses, type PolicyUses, type TextUse } from './policy-uses.ts'
import type { ReadPolicy } from './read-policy.ts'

/** A policy with the name under which it is told. */
export type NamedPolicy = { id: string; name: string; version: number; read: ReadPolicy }

/** Everything that a decision can depend on; groups and tags as policies compare them. */
export type PolicyFacts = PolicyWay & {
  action: PolicyAction
  /** The same list for the same tags, as far as it can be: what is found of a list is remembered. */
  tags: readonly string[]
  groups: readonly string[]
  ms: number
}

/** A policy could not be evaluated: it forbids nothing then, and this must be told. */
export type OnPolicyFault = (policy: NamedPolicy, message: string) => void

/** Decisions that all parts remember together, each the same share; a part with more forgets its own and finds them anew. */
const decisionsMax = 200_000
/** The same of the whole set. */
const answersMax = 50_000
/** What has a longer key is found anew each time, so that memory does not grow with texts that senders make up. */
const keyUnitsMax = 400
/** Quarters of an hour whose hour and weekday are remembered. */
const quartersMax = 10_000

let lastSetId = 0
const tooDeep = 'It is nested too deeply.'
const nothing: readonly NamedPolicy[] = Object.freeze([])

/**
 * Policies that are judged together. Those that ask for the same groups, tags, tools and so on are one part, with a memory
 * of its own: there are few different answers to what one policy asks, and very many to what fifty ask together.
 */
export class PolicySet {
  /** What any of them asks. */
  readonly uses: PolicyUses
  readonly #parts: Part[]
  readonly #keyOf: (facts: PolicyFacts) => string
  readonly #answers = new Map<string, readonly NamedPolicy[]>()

  constructor(policies: readonly NamedPolicy[], onFault: OnPolicyFault) {
    const groups = new Map<string, NamedPolicy[]>()
    for (const policy of policies) {
      const signature = signatureOf(policy.read)
      groups.set(signature, [...(groups.get(signature) ?? []), policy])
    }
    const share = Math.floor(decisionsMax / Math.max(1, groups.size))
    this.#parts = [...groups.values()].map((own) => new Part(own, onFault, share))
    this.uses = joinUses(policies.map(({ read }) => read.uses))
    this.#keyOf = createFactKey(this.uses)
  }

  /** Those that forbid it, in no order. Each combination of what a policy may ask is evaluated once. */
  violated(facts: PolicyFacts): readonly NamedPolicy[] {
    const { hour, weekday } = this.uses
    // Each part has a time zone of its own.
    const quarter = hour || weekday ? Math.floor(facts.ms / policyQuarterMs) : 0
    const key = `${quarter} ${this.#keyOf(facts)}`
    const known = this.#answers.get(key)
    if (known !== undefined) return known
    let found = nothing
    for (const part of this.#parts) {
      const own = part.violated(facts)
      if (own.length > 0) found = found.length === 0 ? own : [...found, ...own]
    }
    if (key.length > keyUnitsMax) return found
    if (this.#answers.size >= answersMax) this.#answers.clear()
    this.#answers.set(key, found)
    return found
  }

  /** Gives back what Cedar keeps of them. */
  close(): void {
    for (const part of this.#parts) part.close()
  }
}

function signatureOf({ uses, zone }: ReadPolicy): string {
  const usesTime = uses.hour || uses.weekday
  const { groups, tags, tool, application, network, hour, weekday, service } = uses
  const others = [usesTime ? zone : '', hour, weekday, service]
  // Senders make up as many texts as they like: of a new one all policies that look into it are asked in one call.
  if (tool === 'any' || application === 'any' || network === 'any') {
    return JSON.stringify([tool === 'any', application === 'any', network === 'any', ...others])
  }
  return JSON.stringify([
    [...groups].sort(),
    [...tags].sort(),
    textSignature(tool),
    textSignature(application),
    network === 'none' ? 'none' : [...network.ranges].sort(),
    ...others,
  ])
}

function textSignature(use: TextUse): unknown {
  return typeof use === 'string' ? use : [[...use.texts].sort(), use.patterns.map(({ parts }) => parts)]
}

/** Ids that Cedar has kept sets under and that are free again: it has no way to take one away. */
const freeIds: string[] = []

class Part {
  readonly #policies: readonly NamedPolicy[]
  readonly #uses: PolicyUses
  readonly #zone: string
  readonly #factKeyOf: (facts: PolicyFacts) => string
  readonly #onFault: OnPolicyFault
  readonly #decisionsMax: number
  readonly #decisions = new Map<string, readonly NamedPolicy[]>()
  readonly #times = new Map<number, PolicyTime>()
  readonly #id = freeIds.pop() ?? `set${++lastSetId}`
  /** The generation of Cedar that has the policies. */
  #ready: number | undefined

  constructor(policies: readonly NamedPolicy[], onFault: OnPolicyFault, decisionsOfPart: number) {
    this.#policies = policies
    this.#decisionsMax = decisionsOfPart
    this.#uses = joinUses(policies.map(({ read }) => read.uses))
    this.#zone = policies[0]?.read.zone ?? 'UTC'
    this.#onFault = onFault
    this.#factKeyOf = createFactKey(this.#uses)
  }

  violated(facts: PolicyFacts): readonly NamedPolicy[] {
    const key = this.#keyOf(facts)
    const known = this.#decisions.get(key)
    if (known !== undefined) return known
    const found = this.#evaluate(facts)
    if (key.length > keyUnitsMax) return found
    if (this.#decisions.size >= this.#decisionsMax) this.#decisions.clear()
    this.#decisions.set(key, found)
    return found
  }

  close(): void {
    if (this.#ready === undefined) return
    callCedar((cedar) => cedar.preparsePolicySet(this.#id, {}))
    freeIds.push(this.#id)
    this.#ready = undefined
  }

  /** Two facts with the same key have the same answer: it holds all that a policy of this part can ask. */
  #keyOf(facts: PolicyFacts): string {
    const { hour: usesHour, weekday: usesWeekday } = this.#uses
    if (!usesHour && !usesWeekday) return this.#factKeyOf(facts)
    const { hour, weekday } = this.#timeOf(facts.ms)
    return `${usesHour ? hour : ''} ${usesWeekday ? weekday : ''} ${this.#factKeyOf(facts)}`
  }

  #timeOf(ms: number): PolicyTime {
    const quarter = Math.floor(ms / policyQuarterMs)
    const known = this.#times.get(quarter)
    if (known !== undefined) return known
    const time = policyTimeOf(quarter * policyQuarterMs, this.#zone)
    if (this.#times.size >= quartersMax) this.#times.clear()
    this.#times.set(quarter, time)
    return time
  }

  #evaluate(facts: PolicyFacts): readonly NamedPolicy[] {
    if (!this.#prepare()) return nothing
    const { hour, weekday } = this.#timeOf(facts.ms)
    const context: Record<string, CedarValueJson> = {
      tool: facts.tool,
      application: facts.application,
      hour,
      weekday,
      service: facts.service,
    }
    if (facts.network !== undefined) context['network'] = { __extn: { fn: 'ip', arg: facts.network } }
    const answer = callCedar((cedar) =>
      cedar.statefulIsAuthorized({
        principal: { type: 'User', id: '' },
        action: { type: 'Action', id: facts.action },
        resource: { type: 'Table', id: '' },
        context,
        preparsedPolicySetId: this.#id,
        entities: [
          {
            uid: { type: 'User', id: '' },
            attrs: {},
            parents: parentsOf('Group', facts.groups, this.#uses.groups),
          },
          {
            uid: { type: 'Table', id: '' },
            attrs: {},
            parents: parentsOf('Tag', facts.tags, this.#uses.tags),
          },
          ...actionEntities,
        ],
      }),
    )
    if (answer?.type !== 'success') return this.#tellFault(answer?.errors[0]?.message)
    const { decision, diagnostics } = answer.response
    for (const { policyId, error } of diagnostics.errors) {
      const policy = this.#policyOf(policyId)
      if (policy) this.#onFault(policy, error.message)
    }
    if (decision === 'allow') return nothing
    return [...new Set(diagnostics.reason.flatMap((id) => this.#policyOf(id) ?? []))]
  }

  /** False if Cedar takes none of the policies. */
  #prepare(): boolean {
    if (this.#ready === cedarGeneration()) return true
    if (!this.#keep(this.#policies) && this.#policies.length > 1) {
      // Another version of Cedar may refuse one of them: the others are judged all the same.
      const taken = this.#policies.filter((policy) => this.#keep([policy]))
      if (taken.length > 0) this.#keep(taken)
    }
    return this.#ready !== undefined
  }

  /** Lets Cedar keep these in the place of what it had; tells of those that it does not take. */
  #keep(policies: readonly NamedPolicy[]): boolean {
    const statements = policies.flatMap((policy) =>
      policy.read.statements.map(
        (statement, i) => [`${this.#policies.indexOf(policy)}.${i}`, statement] as const,
      ),
    )
    const staticPolicies = { ...Object.fromEntries(statements), all: 'permit(principal, action, resource);' }
    const answer = callCedar((cedar) => cedar.preparsePolicySet(this.#id, { staticPolicies }))
    if (answer?.type === 'success') {
      this.#ready = cedarGeneration()
      return true
    }
    this.#ready = undefined
    const [only] = policies
    if (only !== undefined && policies.length === 1)
      this.#onFault(only, answer?.errors[0]?.message ?? tooDeep)
    return false
  }

  #tellFault(message = tooDeep): readonly NamedPolicy[] {
    for (const policy of this.#policies) this.#onFault(policy, message)
    return nothing
  }

  #policyOf(statementId: string): NamedPolicy | undefined {
    return this.#policies[Number(statementId.split('.')[0])]
  }
}

function parentsOf(
  type: 'Group' | 'Tag',
  names: readonly string[],
  used: ReadonlySet<string>,
): { type: string; id: string }[] {
  return names.filter((name) => used.has(name)).map((id) => ({ type, id }))
}
