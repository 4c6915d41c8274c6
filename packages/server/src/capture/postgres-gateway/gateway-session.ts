import type { Socket } from 'node:net'
import { isAuditError } from '@aleph-audit-log/domain/error'
import { createEventId } from '../../ingest/create-event-id.ts'
import { connectServer } from './connect-server.ts'
import type { SessionFacts } from './gateway-facts.ts'
import { greetClient, type Greeting } from './greet-client.ts'
import { encodeError } from './protocol/encode-message.ts'
import { fatal, ownErrors, type OwnError } from './protocol/own-errors.ts'
import { ProtocolFault } from './protocol/protocol-fault.ts'
import { sessionStates, type SessionState, type SessionStep } from './protocol/session-states.ts'
import { ReadBuffer } from './read-buffer.ts'
import { Relay } from './relay.ts'
import type { SessionContext } from './session-context.ts'
import { sayLastWords } from './session-legs.ts'

/**
 * One client and its connection to the server, from the first byte to the last. Owns the state of the session; `relay`
 * does the work once both are there.
 */
export class GatewaySession {
  readonly #context: SessionContext
  readonly #closed: (session: GatewaySession) => void
  readonly #startedAt: number
  readonly #ending = new AbortController()
  /** Over which the client can be spoken to. */
  #socket: Socket
  #state: SessionState = 'greeting'
  #relay: Relay | undefined
  #signInTimer: NodeJS.Timeout | undefined
  #isServing = false

  constructor(socket: Socket, context: SessionContext, closed: (session: GatewaySession) => void) {
    this.#socket = socket
    this.#context = context
    this.#closed = closed
    this.#startedAt = context.clock.now()
    socket.on('error', () => undefined)
  }

  get state(): SessionState {
    return this.#state
  }

  /** Serves the client. Resolves when the relay has begun, or the session is over; never rejects. */
  async start(): Promise<void> {
    this.#signInTimer = setTimeout(() => this.#timeOut(), this.#context.limits.signInMs)
    try {
      const greeting = await greetClient(
        this.#socket,
        this.#context.tls,
        (step) => this.#step(step),
        (socket) => this.#changeSocket(socket),
      )
      if (greeting === undefined) this.#end()
      else if (greeting.kind === 'cancel') await this.#cancel(greeting)
      else await this.#serve(greeting)
    } catch (error) {
      this.#fail(error)
    }
  }

  /** The gateway closes: ends now, or with `force` whatever is going on. */
  drain(force: boolean): void {
    if (this.#relay !== undefined) this.#relay.drain(force)
    else this.#refuse(ownErrors.closing)
  }

  #changeSocket(socket: Socket): void {
    socket.on('error', () => undefined)
    this.#socket = socket
  }

  #step(step: SessionStep): void {
    const next = sessionStates[this.#state][step]
    if (next === undefined) throw new Error(`A session that is ${this.#state} cannot do: ${step}.`)
    this.#state = next
  }

  async #serve(greeting: Extract<Greeting, { kind: 'startup' }>): Promise<void> {
    const { serving, limits } = this.#context
    const isFull = serving.count >= limits.sessionsMax
    this.#step('startup')
    this.#isServing = true
    serving.count++
    const facts = this.#factsOf(greeting)
    const refusal = isFull ? ownErrors.tooManyConnections : this.#refusalOf(greeting)
    if (isFull) this.#context.counters.sessionsRefused++
    if (refusal !== undefined) {
      this.#context.counters.signInsFailed++
      this.#context.recorder.sessionStarted(facts, refusal)
      this.#refuse(refusal)
      return
    }
    const isPlain = this.#context.tls.settings.server === undefined
    const serverBuffer = isPlain ? new ReadBuffer() : undefined
    let server: Socket
    try {
      server = await this.#connect(serverBuffer)
    } catch (error) {
      if (this.#isOver()) return
      const told = toOwnError(error)
      this.#context.counters.serverFailures++
      this.#context.recorder.sessionStarted(facts, told)
      this.#refuse(told)
      return
    }
    if (this.#isOver() || greeting.socket.destroyed) {
      server.destroy()
      this.#end()
      return
    }
    this.#step('connected')
    facts.serverConnectedAtMs = this.#context.clock.toUnixMs(this.#context.clock.now())
    if (server.localPort !== undefined) facts.serverPort = server.localPort
    this.#relay = new Relay({
      context: this.#context,
      facts,
      startedAt: this.#startedAt,
      client: greeting.socket,
      server,
      serverBuffer,
      first: { toServer: greeting.packet, fromClient: greeting.rest },
      step: (step) => this.#step(step),
      signedIn: () => clearTimeout(this.#signInTimer),
      closed: () => this.#over(),
    })
  }

  #connect(into?: ReadBuffer): Promise<Socket> {
    const { server, tls, limits } = this.#context
    return connectServer({
      address: server,
      tls,
      connectMs: limits.connectMs,
      signal: this.#ending.signal,
      into,
    })
  }

  #factsOf({
    startup,
    socket,
    isEncrypted,
    certificate,
  }: Extract<Greeting, { kind: 'startup' }>): SessionFacts {
    const { clock } = this.#context
    const startedAtMs = clock.toUnixMs(this.#startedAt)
    const { login, database, protocol, application, replication } = startup
    const facts: SessionFacts = {
      id: createEventId(Math.floor(startedAtMs)),
      startedAtMs,
      isEncrypted,
      protocol,
      login,
      database,
    }
    const ip = socket.remoteAddress
    // An address of IPv4 on a socket of IPv6 is one of IPv4.
    if (ip !== undefined) facts.clientIp = ip.startsWith('::ffff:') ? ip.slice(7) : ip
    if (socket.remotePort !== undefined) facts.clientPort = socket.remotePort
    if (application !== undefined) facts.application = application
    if (replication !== undefined) facts.replication = replication
    if (certificate !== undefined) facts.authentication = { identity: certificate.subject, method: 'cert' }
    return facts
  }

  #refusalOf(greeting: Extract<Greeting, { kind: 'startup' }>): OwnError | undefined {
    const { tls, replication } = this.#context
    const { client } = tls.settings
    const { startup, isEncrypted, certificate } = greeting
    if (client?.required === true && !isEncrypted) {
      return ownErrors.needsEncryption
    }
    if (client !== undefined && client.clientCertificate !== 'none') {
      if (certificate === undefined) {
        return ownErrors.needsCertificate
      }
      if (client.clientCertificate === 'verify-full' && certificate.commonName !== startup.login) {
        return fatal('28000', `the client certificate is not one of the user "${startup.login}"`)
      }
    }
    if (startup.replication !== undefined && replication === 'refuse') {
      return ownErrors.noReplication
    }
    return undefined
  }

  /** A cancel request goes to the server as it is, which says nothing and closes. */
  async #cancel({ socket, packet }: Extract<Greeting, { kind: 'cancel' }>): Promise<void> {
    this.#step('cancel')
    this.#context.counters.cancelRequests++
    const server = await this.#connect().catch(() => undefined)
    if (server === undefined) {
      this.#context.counters.serverFailures++
      this.#end()
      return
    }
    this.#step('connected')
    // The client waits for the end of its connection, which says that the request has been worked off.
    server.on('error', () => undefined)
    server.on('close', () => this.#end())
    server.resume()
    socket.on('close', () => this.#end())
    server.end(packet)
    const abort = (): void => void server.destroy()
    this.#ending.signal.addEventListener('abort', abort)
  }

  #isOver(): boolean {
    return this.#state === 'closed'
  }

  #timeOut(): void {
    this.#context.counters.signInsTimedOut++
    if (this.#relay === undefined) this.#refuse(ownErrors.signInTimedOut)
    else this.#relay.timeOut()
  }

  #fail(error: unknown): void {
    if (this.#isOver()) return
    if (error instanceof ProtocolFault) {
      this.#context.counters.fault(error.kind)
      this.#refuse(fatal('08P01', error.message))
      return
    }
    this.#context.counters.internalErrors++
    this.#refuse(ownErrors.internal)
  }

  /** Ends a session that has not begun to work, and tells the client why. */
  #refuse(error: OwnError): void {
    if (this.#isOver()) return
    // In the middle of a handshake nothing can be said, and to a cancel request nothing is.
    if (this.#state === 'securing' || this.#state === 'cancelling') {
      this.#end()
      return
    }
    sayLastWords(this.#socket, encodeError(error))
    this.#over()
  }

  #end(): void {
    if (this.#isOver()) return
    this.#socket.destroy()
    this.#over()
  }

  #over(): void {
    clearTimeout(this.#signInTimer)
    if (this.#isServing) this.#context.serving.count--
    this.#isServing = false
    if (this.#state !== 'closed') this.#step('failed')
    this.#ending.abort()
    this.#closed(this)
  }
}

function toOwnError(error: unknown): OwnError {
  const message = isAuditError(error) ? error.message : 'the database server cannot be reached'
  return fatal(isAuditError(error, 'invalid') ? '08004' : '08001', message)
}
