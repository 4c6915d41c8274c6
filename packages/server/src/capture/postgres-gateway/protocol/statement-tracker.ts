import { checkAsked } from './check-asked.ts'
import { CopyData } from './copy-data.ts'
import { CurrentResult } from './current-result.ts'
import { FinishedStatements } from './finished-statements.ts'
import { Intents } from './intents.ts'
import { backend, frontend } from './message-types.ts'
import type { MessageWalker } from './message-walker.ts'
import { failedSteps, isExecuting, PendingMessages, pendingKinds as kinds } from './pending-messages.ts'
import type { PlacedIntent } from './placed-intent.ts'
import { Portal } from './portals.ts'
import { Prepared } from './prepared-statements.ts'
import { readFunctionOid, readQueryText } from './read-client-message.ts'
import { isFatal, readError, readParameter, readParameterTypes } from './read-server-message.ts'
import { SessionNames } from './session-names.ts'
import { SimpleQuery } from './simple-query.ts'
import { StatementEndings, type PortalEnd } from './statement-endings.ts'
import { unknownText, type ErrorFacts, type TransactionState } from './statement-facts.ts'
import type { TrackerOptions } from './tracker-options.ts'

type About = Prepared | Portal | SimpleQuery

/**
 * Follows one session from its messages, client and server, and tells which statements were executed and how they
 * ended. Pure: no socket, no clock; the same messages and times give the same facts, however they were split.
 *
 * The server answers in the order in which it was asked, so what was asked waits in a queue. After a failure in the
 * extended protocol it passes over everything up to Sync, which is then taken out of the queue. At each ReadyForQuery
 * both are in step again, whatever was in between.
 * What cannot be followed throws ProtocolFault.
 */
export class StatementTracker {
  readonly #options: TrackerOptions
  readonly #pending = new PendingMessages<About>()
  readonly #names: SessionNames
  readonly #endings: StatementEndings
  readonly #intents: Intents
  /** The server passes over messages up to the next Sync. */
  #isPassingOver = false
  readonly #copy = new CopyData(this.#pending)
  readonly #result = new CurrentResult()
  /** The error with which the server ended the session. */
  fatal: ErrorFacts | undefined
  /** The client has said good-bye. */
  isTerminated = false

  constructor(options: TrackerOptions) {
    const { limits, finished } = options
    this.#options = options
    this.#intents = new Intents(options.wantsIntents, options.settled)
    this.#names = new SessionNames(limits, (portal) => this.#endings.portalEnded(portal, { isPartial: true }))
    const statements = new FinishedStatements(limits.bindBatchBytesMax, finished)
    this.#endings = new StatementEndings(statements, this.#names.prepared, limits.statementsPerQueryMax)
  }

  /** So much waits for an answer that the client has to wait, too. */
  get isBusy(): boolean {
    return this.#pending.isFull(this.#options.limits)
  }

  /** So little waits for an answer that the client may go on. */
  get isReadyForMore(): boolean {
    const { pendingMax, pendingBytesMax } = this.#options.limits
    return this.#pending.size <= pendingMax / 2 && this.#pending.bytes <= pendingBytesMax
  }

  get transaction(): TransactionState {
    return this.#endings.transaction
  }

  get application(): string | undefined {
    return this.#endings.application
  }

  /** What the client sends now must be COPY data, and is to be looked at before it is passed on. */
  get isCopyingIn(): boolean {
    return this.#copy.isTaken
  }

  /** Nothing is being done for the client, and no transaction is open. */
  get isIdle(): boolean {
    return this.#pending.isEmpty && this.#endings.transaction === 'idle'
  }

  /**
   * Takes the message at which the walker of the client stands. Gives back an intent where it executes a statement
   * that has to be admitted.
   */
  fromClient(walker: MessageWalker, now: number): PlacedIntent | undefined {
    switch (walker.type) {
      case frontend.copyData:
        this.#copy.sent()
        if (this.#copy.isTaken) this.#result.bytes += walker.length - 4
        return undefined
      case frontend.copyDone:
      case frontend.copyFail:
        this.#copy.ended()
        return undefined
      case frontend.terminate:
        this.isTerminated = true
        return undefined
      case frontend.flush:
        return undefined
      case frontend.sync:
        this.#isPassingOver = false
        this.#pending.push(kinds.sync, undefined, now)
        return undefined
      default:
        this.#copy.other()
        return this.#isPassingOver ? undefined : this.#fromClient(walker, now)
    }
  }

  #fromClient(walker: MessageWalker, now: number): PlacedIntent | undefined {
    const { encoding } = this.#endings
    switch (walker.type) {
      case frontend.query:
        return this.#query(new SimpleQuery(readQueryText(walker, encoding), now), now)
      case frontend.functionCall:
        return this.#query(new SimpleQuery(unknownText, now, readFunctionOid(walker)), now)
      case frontend.parse:
        this.#push(kinds.parse, this.#names.parse(walker, encoding, this.#hasRoom), now)
        return undefined
      case frontend.bind: {
        const portal = this.#names.bind(walker, encoding, this.#valuesMax)
        return this.#intents.ofPortal(portal, this.#push(kinds.bind, portal, now), now)
      }
      case frontend.execute: {
        const portal = this.#names.executed(walker)
        return this.#intents.ofPortal(portal, this.#pending.push(kinds.execute, portal, now), now)
      }
      case frontend.describe: {
        const { isStatement, about } = this.#names.target(walker)
        this.#pending.push(isStatement ? kinds.describeStatement : kinds.describePortal, about, now)
        return undefined
      }
      case frontend.close:
        this.#pending.push(kinds.close, this.#names.target(walker).about, now)
        return undefined
      default:
        return undefined
    }
  }

  /** Texts and values of what is not answered yet fit into memory. Else they are left out, and this is told. */
  get #hasRoom(): boolean {
    return this.#pending.bytes < this.#options.limits.pendingBytesMax
  }

  get #valuesMax(): number | undefined {
    if (!this.#options.wantsBind) return undefined
    return this.#hasRoom ? this.#options.limits.bindParametersMax : 0
  }

  #push(kind: number, about: Prepared | Portal | SimpleQuery, now: number): number {
    const size = about instanceof Portal ? about.size : (about.text.sql?.length ?? 0)
    return this.#pending.push(kind, about, now, size)
  }

  #query(query: SimpleQuery, now: number): PlacedIntent | undefined {
    const kind = query.functionOid === undefined ? kinds.query : kinds.functionCall
    return this.#intents.ofQuery(query, this.#push(kind, query, now))
  }

  /** Nobody knows whether it was executed, or how it ended. */
  #tellUnknown(about: About, since: number, now: number): void {
    if (about instanceof SimpleQuery) {
      const { application } = this.#endings
      if (!this.#isAnswered(about))
        about.lost = this.#result.toResult(about.since, now, { tag: '', application })
      this.#endings.queryEnded(about)
    } else this.#endPortal(about, since, { isOutcomeUnknown: true }, now)
  }

  /** The message of this intent does not go to the server, but something that must fail. */
  refuse({ place }: PlacedIntent): void {
    const about = this.#pending.aboutAt(place)
    if (about instanceof SimpleQuery) about.isRefused = true
    else if (about instanceof Portal) {
      this.#pending.setKindAt(place, kinds.refusedExecute)
      // If it outlives the failure, it is executed with an intent of its own.
      about.intent = 0
    }
  }

  /** The message at which the walker of the server stands is the failure of what was put in a statement's place. */
  isRefusal(walker: MessageWalker): boolean {
    if (walker.type !== backend.errorResponse) return false
    if (this.#pending.kind === kinds.refusedExecute) return true
    const { about } = this.#pending
    return about instanceof SimpleQuery && about.isRefused && !about.hasFailed
  }

  /** Takes in place of that message what the client is told instead. */
  refused(error: ErrorFacts, now: number): void {
    this.#failed(error, now)
  }

  /** Takes the message at which the walker of the server stands. */
  fromServer(walker: MessageWalker, now: number): void {
    switch (walker.type) {
      case backend.dataRow:
        this.#result.row(walker.length - 4, now)
        break
      case backend.copyData:
        this.#result.copyData(walker.length - 4, now)
        break
      case backend.readyForQuery:
        this.#ready(walker.body[walker.bodyStart], now)
        break
      case backend.errorResponse:
        this.#failed(readError(walker.body, walker.bodyStart, walker.bodyEnd), now)
        break
      case backend.parameterStatus: {
        const { name, value } = readParameter(walker.body, walker.bodyStart, walker.bodyEnd)
        this.#endings.setParameter(name, value)
        break
      }
      case backend.noticeResponse:
      case backend.notificationResponse:
        break
      default:
        this.#answered(walker, now)
    }
  }

  #answered(walker: MessageWalker, now: number): void {
    const pending = this.#pending
    // An answer to something else shows that a Sync was passed over.
    while (pending.kind === kinds.sync) pending.shift()
    if (pending.isEmpty) checkAsked(walker.type)
    const { kind, about } = pending
    switch (walker.type) {
      case backend.parseComplete:
        if (kind !== kinds.parse) break
        this.#names.confirm(about)
        pending.shift()
        break
      case backend.bindComplete:
        if (kind !== kinds.bind) break
        this.#names.confirm(about)
        pending.shift()
        break
      case backend.closeComplete:
        if (kind !== kinds.close) break
        this.#names.close(about)
        pending.shift()
        break
      case backend.parameterDescription:
        if (about instanceof Prepared)
          about.types = readParameterTypes(walker.body, walker.bodyStart, walker.bodyEnd)
        break
      case backend.rowDescription:
      case backend.noData:
        if (kind === kinds.describeStatement || kind === kinds.describePortal) pending.shift()
        break
      case backend.functionCallResponse:
        this.#result.bytes += walker.length - 4
        this.#completed('', now)
        break
      case backend.commandComplete:
        this.#completed(walker.body.toString('latin1', walker.bodyStart, walker.bodyEnd - 1), now)
        break
      case backend.emptyQueryResponse:
        this.#completed('', now)
        break
      case backend.portalSuspended:
        this.#suspended(now)
        break
      case backend.copyInResponse:
        this.#result.copy = 'in'
        this.#copy.asked()
        break
      case backend.copyOutResponse:
        this.#result.copy = 'out'
        break
      case backend.copyBothResponse:
        this.#result.copy = 'both'
        break
      default:
    }
  }

  #completed(tag: string, now: number): void {
    const pending = this.#pending
    const { about } = pending
    if (this.#result.copy === 'in') this.#copy.completed()
    if (about instanceof SimpleQuery) this.#addResult(about, now, tag)
    else if (pending.kind === kinds.execute) {
      this.#endPortal(about, pending.since, { tag }, now)
      pending.shift()
    }
    this.#endResult(now)
  }

  /** The execution that was sent at `since` has ended. */
  #endPortal(about: unknown, since: number, end: PortalEnd, now: number): void {
    const portal = this.#names.executedBy(about)
    if (portal === undefined) return
    this.#result.addTo(portal, since, now)
    this.#endings.portalEnded(portal, end)
  }

  #suspended(now: number): void {
    const pending = this.#pending
    const portal = this.#names.executedBy(pending.about)
    if (portal === undefined) return
    this.#result.addTo(portal, pending.since, now)
    portal.isSuspended = true
    pending.shift()
    this.#endResult(now)
  }

  #endResult(now: number): void {
    this.#result.reset(now)
    this.#copy.isTaken = false
  }

  #addResult(query: SimpleQuery, now: number, tag: string, error?: ErrorFacts): void {
    const { application } = this.#endings
    const result = this.#result.toResult(query.since, now, { tag, error, application })
    query.add(result, this.#options.limits.statementsPerQueryMax)
  }

  #failed(error: ErrorFacts, now: number): void {
    const pending = this.#pending
    const { kind, about } = pending
    if (isFatal(error)) this.fatal = error
    if (this.#result.copy === 'in') this.#copy.failed()
    if (about instanceof SimpleQuery) {
      // With what was done the end of a session has nothing to do.
      if (!isFatal(error) || !this.#isAnswered(about)) this.#addResult(about, now, '', error)
      about.hasFailed = true
    } else if (kind === kinds.execute || kind === kinds.refusedExecute) {
      const end = kind === kinds.execute ? { error } : { error, isRefused: true as const }
      this.#endPortal(about, pending.since, end, now)
    } else if (kind !== kinds.none) {
      const startedAt = this.#result.startOf(pending.since)
      this.#endings.stepFailed({ step: failedSteps[kind] ?? 'sync', about, error, startedAt, now })
    }
    const isExtended = kind >= kinds.parse && kind <= kinds.close
    if (isExtended || kind === kinds.refusedExecute) this.#passOver(now)
    this.#endResult(now)
  }

  #isAnswered(query: SimpleQuery): boolean {
    return query.isAnswered(this.#options.limits.statementsPerQueryMax, this.#endings.backslashes)
  }

  /** What the client has sent up to its next Sync is not done. */
  #passOver(now: number): void {
    const { since } = this.#pending
    if (this.#copy.isInDoubt)
      for (const about of this.#pending.executingBefore(kinds.sync)) this.#tellUnknown(about, since, now)
    const isSyncThere = this.#pending.dropUntil(kinds.sync, (kind, about) => {
      if (kind !== kinds.execute) this.#names.undo(about)
    })
    this.#isPassingOver = !isSyncThere
  }

  #ready(status: number | undefined, now: number): void {
    const pending = this.#pending
    let isAnswered = false
    while (!isAnswered && !pending.isEmpty) {
      const { kind, about } = pending
      isAnswered = kind === kinds.sync || kind === kinds.query || kind === kinds.functionCall
      if (about instanceof SimpleQuery) {
        if (about.results.length === 0) this.#addResult(about, now, '')
        this.#endings.queryEnded(about)
      } else if (kind === kinds.execute)
        this.#endPortal(about, pending.since, { isOutcomeUnknown: true }, now)
      pending.shift()
    }
    this.#isPassingOver = false
    this.#endings.ready(status)
    if (this.#endings.transaction === 'idle') {
      this.#names.portals.clear()
      this.#endings.flush()
    }
    this.#endResult(now)
    if (!pending.isEmpty) return
    this.#copy.inStep()
    this.#intents.settleBefore(this.#names.portals.oldestOpenIntent())
  }

  /** The session is over: of what was not answered nobody knows whether it was done. */
  ended(now: number): void {
    const pending = this.#pending
    for (; !pending.isEmpty; pending.shift()) {
      const { kind, about, since } = pending
      if (about !== undefined && isExecuting(kind)) this.#tellUnknown(about, since, now)
      this.#endResult(now)
    }
    this.#names.portals.clear()
    this.#endings.flush()
  }
}
