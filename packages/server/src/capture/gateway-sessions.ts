import { hash } from 'node:crypto'
import { idFromHash } from '../ingest/create-event-id.ts'

/** A session as the database server knows it. */
export type ServerSession = {
  pid: number
  /** The client's port as the server sees it; 0 on a unix socket. */
  port: number
  /** Unix time. */
  startedSeconds: number
}

/** What a gateway knows of a session that it opened; the log may tell how the server made sure who it is. */
export type OpenedSession = { authentication?: { identity: string; method: string } }

/** Opened by a gateway and remembered, the oldest forgotten first; older ones are found in the audit log. */
const rememberedMax = 100_000
/** The server and the gateway may disagree so much about when a session began. */
const toleranceSeconds = 5

/**
 * The sessions that gateways have opened on database servers, so that what a server's log tells of them is not taken for
 * something that went past the gateway.
 */
export class GatewaySessions {
  readonly #sessions = new Map<string, { startedSeconds: number; session: OpenedSession }>()

  /** `pid` is 0 where the sign-in failed, and the server never told it. */
  add(gatewayId: string, { pid, port, startedSeconds }: ServerSession, session: OpenedSession): void {
    this.#sessions.set(keyOf(gatewayId, pid, port), { startedSeconds, session })
    if (this.#sessions.size <= rememberedMax) return
    for (const oldest of this.#sessions.keys()) {
      this.#sessions.delete(oldest)
      return
    }
  }

  find(gatewayId: string, { pid, port, startedSeconds }: ServerSession): OpenedSession | undefined {
    for (const told of [pid, 0]) {
      const found = this.#sessions.get(keyOf(gatewayId, told, port))
      if (found !== undefined && Math.abs(found.startedSeconds - startedSeconds) <= toleranceSeconds)
        return found.session
    }
    return undefined
  }
}

/**
 * The id of the event `session_started` of a gateway's session: whoever reads the server's log can find it by what the
 * log tells.
 */
export function gatewaySessionEventId(
  gatewayId: string,
  { pid, port, startedSeconds }: ServerSession,
): string {
  return idFromHash(hash('sha256', JSON.stringify([gatewayId, 'session', pid, port, startedSeconds])))
}

/** The ids that this event can have. */
export function possibleSessionEventIds(gatewayId: string, session: ServerSession): string[] {
  const ids: string[] = []
  for (let offset = -toleranceSeconds; offset <= toleranceSeconds; offset++) {
    const startedSeconds = session.startedSeconds + offset
    ids.push(gatewaySessionEventId(gatewayId, { ...session, startedSeconds }))
    ids.push(gatewaySessionEventId(gatewayId, { ...session, pid: 0, startedSeconds }))
  }
  return ids
}

function keyOf(gatewayId: string, pid: number, port: number): string {
  return `${gatewayId} ${pid} ${port}`
}
