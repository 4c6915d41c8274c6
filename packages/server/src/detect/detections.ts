import type { Rule } from '@aleph-audit-log/domain/detect/rule'
import type { EventDraft, Position } from '@aleph-audit-log/domain/event'
import { timeFromMs } from '@aleph-audit-log/domain/time'
import type { Log } from '../log.ts'
import { writeAlerts, type WrittenAlert } from '../settings/alerts/write-alerts.ts'
import type { SettingsTransaction } from '../settings/commit-with-event.ts'
import {
  beginDetections,
  keepWindows,
  moveDetectionPositions,
  readDetectionPositions,
  readKeptWindows,
} from '../settings/detections/detection-state.ts'
import type { Settings } from '../settings/open-settings.ts'
import type { Lease } from '../settings/settings-engine.ts'
import type { EventStore } from '../store/event-store.ts'
import type { Evaluator, Judged } from './evaluator.ts'
import type { EvaluatorHost, HostedEvaluator } from './evaluator-thread.ts'
import { findingsOf } from './findings.ts'
import { createStoreHistory, type History } from './history.ts'
import { judgeRuleChanges, type ChangingEvent } from './judge-rule-changes.ts'
import { readBatch, type Batch, type BatchLimits, type NewEvents } from './read-batch.ts'
import type { RuleSet } from './rule-set.ts'
import type { ToldSilence } from './silent-groups.ts'
import { dayMicros, fromMicros } from './times.ts'

export type DetectionsOptions = {
  settings: Settings
  store: Pick<EventStore, 'group' | 'searchEvents' | 'countEvents' | 'readAllBehind'>
  newEvents: NewEvents
  ruleSet: RuleSet
  /** Where rules are held against events. */
  evaluators: Pick<EvaluatorHost, 'create'>
  /** Keeps events of a workspace that the server tells by itself; resolves when they are on the disk. */
  record: (drafts: readonly EventDraft[], workspaceId: string) => Promise<void>
  /** Called after alerts were written, which receivers may be waiting for. */
  onAlerts: () => void
  /** Of the servers with this name one runs the detections. */
  leaseName: string
  /** Canonical time from which on events are kept. */
  keptFrom: () => string
  /** False while something that was acknowledged is not in the event store yet. */
  isSettled: () => boolean
  now: () => number
  log: Log
  limits: DetectionsLimits
}

export type DetectionsLimits = BatchLimits & {
  /** How often it is looked whether rules have changed, or groups fallen silent. */
  lookMs: number
  /** Positions are written at least so often, also where nothing was found. */
  positionsMs: number
  retryMs: { first: number; max: number }
  /** With more events behind it is a problem. */
  behindEventsMax: number
  /** So long events are gathered while more come in: what is written for each batch is written for more of them. */
  gatherMs: number
}

type OfWorkspace = { evaluator: HostedEvaluator; version: number }

/** What a batch changes in the settings. */
type Outcome = { workspaceId: string; judged: Judged; rules: readonly Rule[] }

/**
 * Holds the rules against everything that comes into the log, in the order of positions, once. Of the servers that share
 * the settings one does so, the one with the lease.
 *
 * **Promise: every event behind the position at the first start is judged, and an alert that it leads to is there once.** What a batch
 * found (alerts, their steps and deliveries) is written in one transaction with the positions behind it, which fails if
 * they were moved by somebody else: a server that lost the lease without noticing writes nothing. A server that ends in between
 * leaves the positions before the batch, and the next one judges it again; correlations and detectors read what they have
 * to know of the time before from the event store, as it was at these positions. That an alert was opened is an event of the log,
 * kept before the transaction commits; its id follows from the alert, whose id follows from the event that opened it, so
 * that the log has it once although it is told again. Only where a rule is changed between a failed commit and the repeat
 * the log may tell of an alert which then is not opened.
 *
 * It reads behind what was acknowledged and is in the event store, so nobody waits for it; `behind` says how far.
 */
export class Detections {
  readonly #options: DetectionsOptions
  readonly #workspaces = new Map<string, OfWorkspace>()
  #lease: Lease | undefined
  #lost: AbortSignal | undefined
  /** As far as it has judged, and as far as the settings know that. */
  #positions = new Map<string, number>()
  #written = new Map<string, number>()
  #writtenAtMs = 0
  #lookedAtMs = 0
  #gatheredAtMs = Number.NEGATIVE_INFINITY
  #error: string | undefined
  readonly #counts = { judged: 0, opened: 0, failures: 0, leftOut: 0 }

  constructor(options: DetectionsOptions) {
    this.#options = options
  }

  /** Remembers where the log stands, if detections never ran here. Call it before the log takes events. */
  async open(): Promise<void> {
    const { settings, newEvents } = this.#options
    const now = await newEvents.positions()
    await beginDetections(settings, new Map(now.map(({ node, sequence }) => [node, sequence])))
  }

  /** Begins, now or whenever this server gets the lease. */
  start(): void {
    const { settings, leaseName, log } = this.#options
    this.#lease = settings.lease(leaseName, {
      work: async (lost) => this.#runUntil(lost),
      onError: (error) => log.error('The detections could not be run', error),
    })
  }

  async close(): Promise<void> {
    await this.#lease?.close()
  }

  get isHere(): boolean {
    return this.#lease?.isHeld() ?? false
  }

  /** Events in the event store that are not judged yet; 0 where another server judges them. */
  get behind(): number {
    return this.isHere ? this.#waiting : 0
  }

  get #waiting(): number {
    return this.#options.newEvents.settled.reduce(
      (sum, { node, sequence }) => sum + Math.max(0, sequence - this.#positionOf(node)),
      0,
    )
  }

  /** Since the start of this server; `leftOut` counts what limits of the evaluation have left out. */
  get counts(): Readonly<{ judged: number; opened: number; failures: number; leftOut: number }> {
    let { leftOut } = this.#counts
    for (const { evaluator } of this.#workspaces.values()) leftOut += leftOutOf(evaluator)
    return { ...this.#counts, leftOut }
  }

  findProblems(): string[] {
    const { ruleSet, limits } = this.#options
    return [
      ...ruleSet.findProblems(),
      ...(this.#error === undefined ? [] : ['Events cannot be held against the detection rules.']),
      ...(this.behind > limits.behindEventsMax ? ['The detections are far behind what comes in.'] : []),
    ]
  }

  async #runUntil(lost: AbortSignal): Promise<void> {
    const { newEvents, limits, log } = this.#options
    this.#lost = lost
    newEvents.join('server')
    let failures = 0
    try {
      let isKnown = false
      while (!lost.aborted) {
        const { version } = newEvents
        try {
          if (!isKnown) await this.#begin()
          isKnown = true
          await this.#judgeAll(lost)
          await this.#look(lost)
          failures = 0
          this.#error = undefined
          await newEvents.changed(version, limits.lookMs, lost)
        } catch (error) {
          if (lost.aborted) break
          // What is in memory may be ahead of what is written.
          isKnown = false
          failures++
          this.#counts.failures++
          if (this.#error !== String(error)) log.error('Events could not be held against the rules', error)
          this.#error = String(error)
          const pauseMs = Math.min(limits.retryMs.first * 2 ** (failures - 1), limits.retryMs.max)
          await pause(pauseMs, lost)
        }
      }
    } finally {
      newEvents.leave('server')
      this.#forget()
    }
  }

  async #begin(): Promise<void> {
    this.#forget()
    this.#written = await readDetectionPositions(this.#options.settings)
    this.#positions = new Map(this.#written)
    await this.#options.newEvents.positions()
  }

  #forget(): void {
    for (const { evaluator } of this.#workspaces.values()) this.#close(evaluator)
    this.#workspaces.clear()
  }

  #close(evaluator: HostedEvaluator): void {
    this.#counts.leftOut += leftOutOf(evaluator)
    evaluator.close()
  }

  async #judgeAll(lost: AbortSignal): Promise<void> {
    while (this.#waiting > 0 && !lost.aborted) {
      await this.#gather(lost)
      // Nodes take turns.
      for (const { node, sequence } of this.#options.newEvents.settled) {
        if (this.#positionOf(node) >= sequence || lost.aborted) continue
        await this.#judge(
          await readBatch(this.#options, { node, after: this.#positionOf(node), settled: sequence }),
          lost,
        )
      }
    }
  }

  /** What comes after a while is judged at once. */
  async #gather(lost: AbortSignal): Promise<void> {
    const { gatherMs, batchEventsMax } = this.#options.limits
    const leftMs = this.#gatheredAtMs + gatherMs - performance.now()
    if (leftMs > 0 && this.#waiting < batchEventsMax) await pause(leftMs, lost)
    this.#gatheredAtMs = performance.now()
  }

  #positionOf(node: string): number {
    return this.#positions.get(node) ?? this.#options.newEvents.firstOf(node)
  }

  async #judge({ node, upTo, events }: Batch, lost: AbortSignal): Promise<void> {
    const ofWorkspace = new Map<string, ChangingEvent[]>()
    for (const { workspaceId, ...one } of events) {
      const list = ofWorkspace.get(workspaceId)
      if (list === undefined) ofWorkspace.set(workspaceId, [one])
      else list.push(one)
    }
    const before = this.#allPositions()
    const outcomes: Outcome[] = []
    for (const [workspaceId, list] of ofWorkspace) {
      outcomes.push(await this.#judgeOf(workspaceId, list, before))
    }
    this.#positions.set(node, upTo)
    this.#counts.judged += events.length
    await this.#write(outcomes, lost)
  }

  /** By the rules as they are; what changes these, also by the rules as they were before. */
  async #judgeOf(
    workspaceId: string,
    events: readonly ChangingEvent[],
    upTo: readonly Position[],
  ): Promise<Outcome> {
    const { evaluator, rules } = await this.#evaluatorOf(workspaceId)
    const judged = await evaluator.judge(
      events.map(({ event }) => event),
      upTo,
    )
    if (events.every(({ change }) => change === undefined)) return { workspaceId, judged, rules }
    const before = await judgeRuleChanges(events, {
      rulesBefore: (changes) => this.#options.ruleSet.before(workspaceId, changes),
      history: this.#historyOf(workspaceId),
      upTo,
      known: judged.hits,
    })
    const hits = [...judged.hits, ...before.hits]
    return { workspaceId, judged: { ...judged, hits }, rules: [...before.rules, ...rules] }
  }

  #historyOf(workspaceId: string): History {
    const { store, keptFrom, limits } = this.#options
    return createStoreHistory({
      store,
      workspaceId,
      keptFrom,
      pageEventsMax: limits.batchEventsMax,
      pageBytesMax: limits.batchBytesMax,
      // People do not wait for it, and this server's end does not either.
      read: { priority: 'long', signal: this.#lost },
    })
  }

  /** Of every node, also of those of which nothing was judged yet. */
  #allPositions(): Position[] {
    const nodes = new Set([
      ...this.#positions.keys(),
      ...this.#options.newEvents.settled.map(({ node }) => node),
    ])
    return [...nodes].map((node) => ({ node, sequence: this.#positionOf(node) }))
  }

  async #evaluatorOf(workspaceId: string): Promise<{ evaluator: Evaluator; rules: Outcome['rules'] }> {
    const { ruleSet, settings, evaluators } = this.#options
    const { rules, version } = ruleSet.of(workspaceId)
    const known = this.#workspaces.get(workspaceId)
    if (known?.version === version) return { evaluator: known.evaluator, rules }
    if (known !== undefined) this.#close(known.evaluator)
    this.#workspaces.delete(workspaceId)
    const evaluator = evaluators.create({
      rules,
      history: this.#historyOf(workspaceId),
      told: (await readKeptWindows(settings, workspaceId)).map(({ ruleId, group, window }) => ({
        ruleId,
        group,
        lastAt: Number(window),
      })),
    })
    this.#workspaces.set(workspaceId, { evaluator, version })
    return { evaluator, rules }
  }

  /** Now and then: whether a group has fallen silent. Only where nothing waits, or silence would be our own. */
  async #look(lost: AbortSignal): Promise<void> {
    const { settings, now, isSettled, limits } = this.#options
    const nowMs = now()
    if (nowMs - this.#lookedAtMs < limits.lookMs && nowMs >= this.#lookedAtMs) return
    const outcomes: Outcome[] = []
    if (isSettled() && this.behind === 0) {
      const workspaces = await settings.db.selectFrom('workspaces').select('id').execute()
      for (const { id: workspaceId } of workspaces) {
        const { evaluator, rules } = await this.#evaluatorOf(workspaceId)
        const judged = await evaluator.tick(nowMs * 1000, this.#allPositions())
        outcomes.push({ workspaceId, judged, rules })
      }
    }
    await this.#write(outcomes, lost)
    this.#lookedAtMs = nowMs
  }

  async #write(outcomes: readonly Outcome[], lost: AbortSignal): Promise<void> {
    const { settings, now, limits } = this.#options
    const nowMs = now()
    const found = outcomes.filter(({ judged }) => judged.hits.length + judged.silences.length > 0)
    const isDue = nowMs - this.#writtenAtMs >= limits.positionsMs || nowMs < this.#writtenAtMs
    const isMoved = [...this.#positions].some(([node, sequence]) => this.#written.get(node) !== sequence)
    // What is judged again because it was not written has found nothing.
    if (found.length === 0 && !(isDue && isMoved)) return
    lost.throwIfAborted()
    const next = new Map(this.#positions)
    let opened = 0
    await settings.db.transaction().execute(async (transaction) => {
      await moveDetectionPositions(transaction, this.#written, next)
      for (const outcome of found) opened += await this.#writeFound(transaction, outcome, nowMs)
    })
    this.#written = next
    this.#writtenAtMs = nowMs
    this.#counts.opened += opened
    if (found.length > 0) this.#options.onAlerts()
  }

  async #writeFound(
    transaction: SettingsTransaction,
    { workspaceId, judged, rules }: Outcome,
    nowMs: number,
  ): Promise<number> {
    const { hits, silences } = judged
    const findings = findingsOf(hits, rules)
    const written = await writeAlerts(transaction, { workspaceId, nowMs, findings })
    const kept = silences.map((silence) => keptSilence(silence, workspaceId))
    await keepWindows(transaction, kept, timeFromMs(nowMs))
    const events = written.flatMap(({ event }: WrittenAlert) => event ?? [])
    if (events.length > 0) await this.#options.record(events, workspaceId)
    return events.length
  }
}

function leftOutOf({ counts }: Evaluator): number {
  return counts.cut + counts.crowded + counts.tooLate
}

/** Longer than a silence can be told for, which is as long as days of a group are looked at. */
const silenceKept = 90 * dayMicros

function keptSilence({ ruleId, group, lastAt }: ToldSilence, workspaceId: string) {
  const overAt = fromMicros(lastAt + silenceKept)
  return { workspaceId, ruleId, group, overAt, window: String(lastAt) }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const wake = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', wake)
      resolve()
    }
    const timer = setTimeout(wake, ms)
    signal.addEventListener('abort', wake, { once: true })
  })
}
