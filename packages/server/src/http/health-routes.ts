import type { FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'

/** What keeps the server from doing all of its work; an empty list means ready. */
export type Readiness = () => string[]

/** Registers `/healthz`, `/readyz` and `/metrics`: no key needed, nothing of the log revealed. */
export function registerHealthRoutes(
  app: FastifyInstance,
  deps: { readiness: Readiness; metrics: Registry },
): void {
  app.get('/healthz', async () => ({ status: 'ok' }))
  app.get('/readyz', async (_request, reply) => {
    const problems = deps.readiness()
    return reply
      .code(problems.length === 0 ? 200 : 503)
      .send(problems.length === 0 ? { status: 'ready' } : { status: 'not ready', problems })
  })
  app.get('/metrics', async (_request, reply) =>
    reply.header('content-type', deps.metrics.contentType).send(await deps.metrics.metrics()),
  )
}
