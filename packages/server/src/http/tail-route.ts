import { Readable } from 'node:stream'
import { tailQuerySchema } from '@aleph-audit-log/domain/api/events'
import { isAuditError } from '@aleph-audit-log/domain/error'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Viewer } from '../access/viewer.ts'
import type { LiveTail, TailMessage } from '../search/live-tail.ts'
import type { SearchRecorder } from '../search/record-search.ts'
import { readInput } from './read-input.ts'

export type TailRouteDependencies = {
  authenticate: (request: FastifyRequest) => Promise<Viewer>
  tail: LiveTail
  recorder: SearchRecorder<FastifyRequest>
  /** How often it is looked whether who follows may still do so. */
  checkMs: number
  onBug: (error: unknown, request: FastifyRequest) => void
}

/** What a server sends before it ends a tail, and what clients wait before they come back by themselves. */
const retryMs = 2000

/**
 * Registers the live tail: server-sent events (WHATWG HTML, section 9.2), each with the id that resumes behind it. It goes
 * on until the client leaves, may no longer follow, or the server stops; in each case nothing is lost, because the next
 * one begins at the id that the client has.
 */
export function registerTailRoute(app: FastifyInstance, deps: TailRouteDependencies): void {
  const open = new Set<AbortController>()
  // Or closing would wait for those who follow.
  app.addHook('preClose', (done) => {
    for (const ended of open) ended.abort()
    done()
  })
  app.get('/api/v1/events/tail', async (request, reply) => {
    const viewer = await deps.authenticate(request)
    const query = readInput(tailQuerySchema, request.query)
    const header = request.headers['last-event-id']
    const after = typeof header === 'string' && header !== '' ? header : undefined
    const ended = endOf(reply, open)
    const messages = await deps.tail.open(viewer, query, after, ended.signal)
    reply.header('content-type', 'text/event-stream; charset=utf-8').header('x-accel-buffering', 'no')
    if (request.method === 'HEAD') return reply.send()
    const stop = await deps.recorder.recordTail(viewer, query, request)
    ended.signal.addEventListener('abort', stop, { once: true })
    if (ended.signal.aborted) stop()
    watchRights(request, reply, { viewer, ended, deps })
    const bytes = Readable.from(encode(messages), { objectMode: false })
    bytes.once('error', (error) => {
      // What the engine cannot answer now it answers to the client that comes back.
      if (!ended.signal.aborted && !isAuditError(error)) deps.onBug(error, request)
      reply.raw.destroy()
    })
    return reply.send(bytes)
  })
}

/** Aborts when the answer has ended by whatever cause; until then it is among those that are open. */
function endOf(reply: FastifyReply, open: Set<AbortController>): AbortController {
  const ended = new AbortController()
  open.add(ended)
  const end = (): void => {
    open.delete(ended)
    ended.abort()
  }
  reply.raw.once('close', end)
  if (reply.raw.destroyed) end()
  return ended
}

/** Hangs up on who may no longer follow, or may see something else now: they come back with what they have then. */
function watchRights(
  request: FastifyRequest,
  reply: FastifyReply,
  { viewer, ended, deps }: { viewer: Viewer; ended: AbortController; deps: TailRouteDependencies },
): void {
  const rights = rightsOf(viewer)
  const check = async (): Promise<void> => {
    const now = await deps
      .authenticate(request)
      .then(rightsOf)
      // Whatever keeps the server from finding out: who cannot be checked is not served.
      .catch(() => undefined)
    if (now !== rights) reply.raw.destroy()
  }
  const timer = setInterval(() => void check(), deps.checkMs)
  ended.signal.addEventListener('abort', () => clearInterval(timer), { once: true })
  if (ended.signal.aborted) clearInterval(timer)
}

/** Everything that decides what somebody sees. */
function rightsOf(viewer: Viewer): string {
  const { workspaceId, actor, via, permissions } = viewer
  const role = viewer.via === 'session' ? viewer.role : undefined
  return JSON.stringify([workspaceId, actor.id, actor.email, via, role, [...permissions].sort()])
}

async function* encode(messages: AsyncGenerator<TailMessage>): AsyncGenerator<string> {
  yield `retry: ${retryMs}\n`
  for await (const { id, event } of messages) {
    // Without data nobody is told of a message, but its id counts.
    yield event === undefined ? `: here\nid: ${id}\n\n` : `id: ${id}\ndata: ${event}\n\n`
  }
}
