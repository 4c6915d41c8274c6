import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { AuditError, isAuditError } from '@aleph-audit-log/domain/error'
import { connectServer } from './connect-server.ts'
import { GatewayClock } from './gateway-clock.ts'
import { GatewayCounters } from './gateway-counters.ts'
import { gatewayLimits, type GatewayLimits } from './gateway-limits.ts'
import type { GatewayMode, GatewayRecorder } from './gateway-recorder.ts'
import { GatewaySession } from './gateway-session.ts'
import { GatewayTlsContexts, type GatewayTls, type ServerAddress } from './gateway-tls.ts'
import { encodeError } from './protocol/encode-message.ts'
import { backendRules, frontendRules } from './protocol/message-types.ts'
import { ownErrors } from './protocol/own-errors.ts'
import type { SessionContext } from './session-context.ts'
import { sayLastWords } from './session-legs.ts'

export type GatewayOptions = {
  /** Where clients connect. Port 0 takes a free one. */
  listen: { host: string; port: number }
  server: ServerAddress
  recorder: GatewayRecorder
  mode?: GatewayMode
  tls?: GatewayTls
  /** What becomes of connections that copy the write-ahead log; let through, they are recorded as what they are. */
  replication?: 'refuse' | 'allow'
  /** Whether the values of bind parameters are read. */
  readsBind?: boolean
  limits?: Partial<GatewayLimits>
}

export type GatewayStatus = {
  /** Sessions that are there now, those that are signing in included. */
  sessions: number
  /** All connections of clients, also those that have not said yet what they want. */
  connections: number
  counters: Readonly<GatewayCounters>
}

export type Gateway = {
  /** Where it listens. */
  address: AddressInfo
  status: () => GatewayStatus
  /** Takes no more clients, lets statements that are being executed end for a while, then ends all sessions. */
  close: () => Promise<void>
}

/** An answer takes five bytes at least, and the server sends them in pieces of 8 KiB: with fewer it may wait for more. */
const pendingMin = 4000

/**
 * Starts a gateway in front of a PostgreSQL server. Resolves when it listens. Rejects with AuditError: `invalid` where
 * the settings cannot work, `unavailable` where it cannot listen. A server that is away is no reason: it may come.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const limits = { ...gatewayLimits, ...options.limits }
  if (limits.pendingMax < pendingMin) {
    throw new AuditError('invalid', `A gateway needs room for ${pendingMin} pending messages.`)
  }
  const context: SessionContext = {
    server: options.server,
    tls: new GatewayTlsContexts(options.tls ?? {}, options.server),
    mode: options.mode ?? 'observe',
    recorder: options.recorder,
    limits,
    replication: options.replication ?? 'refuse',
    wantsBind: options.readsBind ?? true,
    clock: new GatewayClock(),
    counters: new GatewayCounters(),
    clientRules: frontendRules(limits),
    serverRules: backendRules(),
    serving: { count: 0 },
  }
  await checkServer(context)
  const listener = new Listener(context)
  return listener.listen(options.listen)
}

/** With TLS on both legs the certificates have to be the same, which can be seen now if the server is there. */
async function checkServer({ tls, server, limits }: SessionContext): Promise<void> {
  if (tls.settings.server === undefined) return
  const { signal } = new AbortController()
  try {
    const socket = await connectServer({ address: server, tls, connectMs: limits.connectMs, signal })
    socket.on('error', () => undefined)
    socket.destroy()
  } catch (error) {
    if (isAuditError(error, 'invalid')) throw error
  }
}

/** The port of a gateway, and the sessions on it. */
class Listener {
  readonly #context: SessionContext
  readonly #sessions = new Set<GatewaySession>()
  readonly #server: Server
  #allClosed: (() => void) | undefined

  constructor(context: SessionContext) {
    this.#context = context
    // Nagle's algorithm would let small answers wait.
    const socketOptions = {
      noDelay: true,
      allowHalfOpen: true,
      keepAlive: true,
      keepAliveInitialDelay: 60_000,
    }
    this.#server = createServer(socketOptions, (socket) => this.#accept(socket))
  }

  async listen({ host, port }: GatewayOptions['listen']): Promise<Gateway> {
    this.#server.listen(port, host)
    try {
      await once(this.#server, 'listening')
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new AuditError('unavailable', `The gateway cannot listen on ${host} port ${port}: ${why}`, {
        cause,
      })
    }
    // A single connection that fails to be accepted is no reason to end the others.
    this.#server.on('error', () => this.#context.counters.internalErrors++)
    return {
      // It listens on a port, so this is no path.
      address: this.#server.address() as AddressInfo,
      status: () => ({
        sessions: this.#context.serving.count,
        connections: this.#sessions.size,
        counters: this.#context.counters,
      }),
      close: async () => this.#close(),
    }
  }

  #accept(socket: Socket): void {
    const { limits, counters } = this.#context
    if (this.#sessions.size >= limits.sessionsMax + limits.spareConnectionsMax) {
      counters.sessionsRefused++
      socket.on('error', () => undefined)
      sayLastWords(socket, encodeError(ownErrors.tooManyConnections))
      return
    }
    const session = new GatewaySession(socket, this.#context, () => this.#forget(session))
    this.#sessions.add(session)
    void session.start()
  }

  #forget(session: GatewaySession): void {
    this.#sessions.delete(session)
    if (this.#sessions.size === 0) this.#allClosed?.()
  }

  async #close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const session of this.#sessions) session.drain(false)
    if (this.#sessions.size > 0) {
      await new Promise<void>((resolve) => {
        this.#allClosed = resolve
        setTimeout(resolve, this.#context.limits.drainMs).unref()
      })
    }
    for (const session of this.#sessions) session.drain(true)
    await closed
  }
}
