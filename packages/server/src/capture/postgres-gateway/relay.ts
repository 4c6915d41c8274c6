import type { Socket } from 'node:net'
import type { SessionEndCause, SessionFacts } from './gateway-facts.ts'
import type { SessionContext } from './session-context.ts'
import { encodeError, encodeMessage } from './protocol/encode-message.ts'
import { MessageHold } from './protocol/message-hold.ts'
import { frontend } from './protocol/message-types.ts'
import { MessageWalker } from './protocol/message-walker.ts'
import { fatal, ownErrors, type OwnError } from './protocol/own-errors.ts'
import { ProtocolFault } from './protocol/protocol-fault.ts'
import type { SessionStep } from './protocol/session-states.ts'
import type { ErrorFacts, StatementFacts } from './protocol/statement-facts.ts'
import type { PlacedIntent } from './protocol/placed-intent.ts'
import { StatementTracker } from './protocol/statement-tracker.ts'
import type { ReadBuffer } from './read-buffer.ts'
import { holdReasons, Leg, sayLastWords } from './session-legs.ts'
import { SignIn } from './sign-in.ts'
import { StatementGate } from './statement-gate.ts'

export type RelayOptions = {
  context: SessionContext
  facts: SessionFacts
  /** Of the session, on the gateway's clock. */
  startedAt: number
  client: Socket
  server: Socket
  /** What the server is read into. */
  serverBuffer: ReadBuffer | undefined
  /** The startup packet, and what the client sent behind it. */
  first: { toServer: Buffer; fromClient: Buffer }
  step: (step: SessionStep) => void
  signedIn: () => void
  closed: () => void
}

const terminate = encodeMessage(frontend.terminate, Buffer.alloc(0))

/**
 * Passes bytes between a client and the server and reads along. What comes is passed on first and read then, but for
 * the sign-in, for COPY data, and for `enforce`, where statements are held back until they are admitted. A leg is not read while the
 * other one does not take more.
 */
export class Relay {
  readonly #options: RelayOptions
  readonly #client: Leg
  readonly #server: Leg
  readonly #clientWalker: MessageWalker
  readonly #serverWalker: MessageWalker
  readonly #serverHold = new MessageHold<Buffer>()
  readonly #tracker: StatementTracker
  readonly #signIn: SignIn
  /** In `enforce` alone. */
  readonly #gate: StatementGate | undefined
  #statements = 0
  #isSignedIn = false
  #isDraining = false
  #isOver = false
  #cause: SessionEndCause | undefined
  #error: ErrorFacts | undefined
  #endTimer: NodeJS.Timeout | undefined

  constructor(options: RelayOptions) {
    const { context, facts, client, server, serverBuffer, first } = options
    this.#options = options
    this.#client = new Leg(client)
    this.#server = new Leg(server, serverBuffer)
    this.#clientWalker = new MessageWalker(context.clientRules)
    this.#serverWalker = new MessageWalker(context.serverRules)
    this.#signIn = new SignIn(facts, context.tls.stripsChannelBinding)
    this.#tracker = new StatementTracker({
      limits: context.limits,
      wantsBind: context.wantsBind,
      wantsIntents: context.mode === 'enforce',
      finished: (statement) => this.#statementFinished(statement),
      settled: (last) => this.#tell(() => context.recorder.intentsSettled(facts, last)),
    })
    if (context.mode === 'enforce') this.#gate = this.#createGate()
    server.write(first.toServer)
    this.#listen()
    if (first.fromClient.length > 0) this.#onClientData(first.fromClient)
  }

  #createGate(): StatementGate {
    const { context, facts } = this.#options
    return new StatementGate({
      walker: this.#clientWalker,
      tell: (walker) => this.#clientMessage(walker, context.clock.now()),
      admit: async (intents) => {
        for (const intent of intents) intent.startedAt = context.clock.toUnixMs(intent.startedAt)
        await context.recorder.admit(facts, intents)
      },
      refuse: (intent) => this.#tracker.refuse(intent),
      send: (bytes) => {
        if (!this.#isOver) this.#server.write(bytes, this.#client)
      },
    })
  }

  #listen(): void {
    const { client, server } = this.#options
    this.#client.onData((chunk) => this.#onClientData(chunk))
    client.on('drain', () => this.#server.release(holdReasons.full))
    client.on('end', () => this.#clientEnded())
    client.on('close', () => this.#clientClosed())
    server.on('error', () => undefined)
    this.#server.onData((chunk) => this.#onServerData(chunk))
    server.on('drain', () => this.#client.release(holdReasons.full))
    server.on('end', () => this.#serverEnded())
    server.on('close', () => this.#serverClosed())
    client.resume()
    server.resume()
  }

  /** The gateway closes: at once if nothing is going on or with `force`, else when the server is idle. */
  drain(force: boolean): void {
    this.#isDraining = true
    if (force || !this.#isSignedIn || this.#tracker.isIdle) {
      this.#closeWith(ownErrors.closing, 'gateway_closed')
    }
  }

  /** The sign-in took too long. */
  timeOut(): void {
    this.#closeWith(ownErrors.signInTimedOut, 'timed_out')
  }

  #onClientData(chunk: Buffer): void {
    if (this.#isOver) return
    this.#client.bytesRead += chunk.length
    this.#endTimer?.refresh()
    // The server is gone: what the client still sends does not reach it.
    if (this.#server.socket.writableEnded || this.#server.socket.destroyed) return
    try {
      const { mode, recorder } = this.#options.context
      const room = mode === 'buffer' ? recorder.untilRoom() : undefined
      if (room === undefined) this.#fromClient(chunk)
      else void this.#wait(this.#whenThereIsRoom(room, chunk))
    } catch (error) {
      this.#fail(error)
    }
  }

  async #whenThereIsRoom(room: Promise<void>, chunk: Buffer): Promise<void> {
    try {
      await room
    } catch {
      this.#closeWith(ownErrors.logClosed, 'not_recorded')
      return
    }
    this.#fromClient(chunk)
  }

  /** The client is not read before this is done. */
  async #wait(work: Promise<void>): Promise<void> {
    this.#client.hold(holdReasons.recorder)
    try {
      await work
      this.#client.release(holdReasons.recorder)
    } catch (error) {
      this.#fail(error)
    }
  }

  #fromClient(chunk: Buffer): void {
    if (this.#isOver) return
    if (this.#gate !== undefined) {
      const sent = this.#gate.take(chunk)
      if (sent !== undefined) void this.#wait(sent)
    } else if (this.#signIn.isAuthenticated && !this.#tracker.isCopyingIn) {
      this.#server.write(chunk, this.#client)
      this.#walkClient(chunk)
    } else {
      this.#walkClient(chunk)
      this.#server.write(chunk, this.#client)
    }
    if (this.#tracker.isBusy) this.#client.hold(holdReasons.pending)
  }

  #walkClient(chunk: Buffer): void {
    const now = this.#options.context.clock.now()
    const walker = this.#clientWalker
    walker.feed(chunk)
    while (walker.next()) this.#clientMessage(walker, now)
  }

  #clientMessage(walker: MessageWalker, now: number): PlacedIntent | undefined {
    if (
      !this.#signIn.isAuthenticated &&
      walker.type !== frontend.password &&
      walker.type !== frontend.terminate
    ) {
      throw new ProtocolFault('too_early', 'a message came before the sign-in was over')
    }
    return this.#tracker.fromClient(walker, now)
  }

  #onServerData(chunk: Buffer): void {
    if (this.#isOver) return
    this.#server.bytesRead += chunk.length
    this.#endTimer?.refresh()
    try {
      const now = this.#options.context.clock.now()
      if (this.#isSignedIn && this.#gate === undefined && !this.#serverHold.isHolding) {
        this.#client.write(chunk, this.#server)
        const walker = this.#serverWalker
        walker.feed(chunk)
        while (walker.next()) this.#tracker.fromServer(walker, now)
      } else {
        const parts = this.#serverHold.take(chunk, this.#serverWalker, (walker) =>
          this.#serverMessage(walker, now),
        )
        for (const { bytes, about } of parts) {
          for (const piece of about === undefined ? bytes : [about]) this.#client.write(piece, this.#server)
        }
        if (this.#serverHold.isHolding || !this.#isSignedIn) this.#server.keepChunk()
      }
    } catch (error) {
      this.#fail(error)
      return
    }
    this.#afterServer()
  }

  /** Gives back what the client gets in place of this message. */
  #serverMessage(walker: MessageWalker, now: number): Buffer | undefined {
    if (walker.tailLeft === 0 && this.#tracker.isRefusal(walker)) {
      this.#tracker.refused(ownErrors.notRecorded, now)
      return encodeError(ownErrors.notRecorded)
    }
    this.#tracker.fromServer(walker, now)
    if (this.#isSignedIn) return undefined
    const { replacement, isOver } = this.#signIn.fromServer(walker)
    if (isOver) this.#signedIn()
    return walker.tailLeft === 0 ? replacement : undefined
  }

  #afterServer(): void {
    if (this.#client.holdsFor(holdReasons.pending) && this.#tracker.isReadyForMore) {
      this.#client.release(holdReasons.pending)
    }
    if (this.#isDraining && this.#isSignedIn && this.#tracker.isIdle) this.drain(false)
  }

  #signedIn(): void {
    const { facts, step, signedIn, context } = this.#options
    this.#isSignedIn = true
    if (this.#tracker.application !== undefined) facts.application = this.#tracker.application
    step('signed_in')
    signedIn()
    context.counters.sessionsOpened++
    this.#tell(() => context.recorder.sessionStarted(facts))
  }

  #statementFinished(statement: StatementFacts): void {
    const { counters, clock, recorder } = this.#options.context
    this.#statements++
    counters.statements++
    counters.lastStatementAtMs = clock.toUnixMs(statement.startedAt)
    if (statement.error !== undefined) counters.statementsFailed++
    if (statement.isRefused === true) counters.statementsRefused++
    statement.startedAt = counters.lastStatementAtMs
    this.#tell(() => recorder.statementFinished(this.#options.facts, statement))
  }

  /** A recorder that fails does not end the session of somebody who did nothing wrong. */
  #tell(call: () => void): void {
    try {
      call()
    } catch {
      this.#options.context.counters.internalErrors++
    }
  }

  #clientEnded(): void {
    if (this.#isOver) return
    this.#sideEnded('client_left')
    this.#server.socket.end()
  }

  #serverEnded(): void {
    if (this.#isOver) return
    this.#serverGone()
    this.#server.socket.end()
  }

  /** Tells the client that the server is gone, unless the server itself did so, or it is no surprise. */
  #serverGone(): void {
    const isExpected =
      this.#tracker.fatal !== undefined || this.#tracker.isTerminated || this.#cause !== undefined
    if (!isExpected) {
      this.#options.context.counters.serverFailures++
      this.#error = ownErrors.serverLost
      if (this.#isBetweenMessages) this.#client.socket.write(encodeError(ownErrors.serverLost))
    }
    this.#sideEnded(isExpected ? 'server_left' : 'server_failed')
    this.#client.socket.end()
    // Its end would not be heard of a client that is not read.
    this.#client.socket.resume()
  }

  get #isBetweenMessages(): boolean {
    return !this.#serverWalker.isOpen && this.#serverWalker.tailLeft === 0
  }

  #sideEnded(cause: SessionEndCause): void {
    this.#cause ??= cause
    this.#options.step('one_side_ended')
    this.#endTimer ??= setTimeout(() => this.#destroy(), this.#options.context.limits.halfClosedMs)
  }

  #clientClosed(): void {
    if (this.#isOver) return
    this.#cause ??= 'client_left'
    if (this.#server.socket.destroyed) this.#finish()
    else this.#server.socket.destroy()
  }

  #serverClosed(): void {
    if (this.#isOver) return
    if (this.#client.socket.destroyed) this.#finish()
    else if (!this.#client.socket.writableEnded) this.#serverGone()
  }

  #destroy(): void {
    this.#client.socket.destroy()
    this.#server.socket.destroy()
  }

  #fail(error: unknown): void {
    if (this.#isOver) return
    const { counters } = this.#options.context
    if (error instanceof ProtocolFault) {
      counters.fault(error.kind)
      this.#closeWith(fatal('08P01', error.message), 'protocol_fault')
    } else {
      counters.internalErrors++
      this.#closeWith(ownErrors.internal, 'internal_error')
    }
  }

  /** Ends the session at once, with a word to both sides where they can still hear it. */
  #closeWith(error: OwnError, cause: SessionEndCause): void {
    if (this.#isOver) return
    this.#cause ??= cause
    this.#error ??= error
    if (this.#isBetweenMessages) sayLastWords(this.#client.socket, encodeError(error))
    else this.#client.socket.destroy()
    if (this.#isSignedIn && this.#tracker.isIdle) sayLastWords(this.#server.socket, terminate)
    else this.#server.socket.destroy()
    this.#finish()
  }

  #finish(): void {
    this.#isOver = true
    clearTimeout(this.#endTimer)
    const { context, facts, startedAt, closed } = this.#options
    const { clock, counters, recorder } = context
    const now = clock.now()
    this.#tracker.ended(now)
    const bytesFromClient = this.#client.bytesRead
    const bytesFromServer = this.#server.bytesRead
    counters.bytesFromClients += bytesFromClient
    counters.bytesFromServer += bytesFromServer
    const error = this.#tracker.fatal ?? this.#error
    if (this.#isSignedIn) {
      const end = {
        endedAtMs: clock.toUnixMs(now),
        durationMs: now - startedAt,
        cause: this.#cause ?? 'client_left',
        statements: this.#statements,
        bytesFromClient,
        bytesFromServer,
        transaction: this.#tracker.transaction,
      }
      this.#tell(() => recorder.sessionEnded(facts, error === undefined ? end : { ...end, error }))
    } else if (error !== undefined) {
      counters.signInsFailed++
      this.#tell(() => recorder.sessionStarted(facts, error))
    }
    closed()
  }
}
