import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { AuditError } from '@aleph-audit-log/domain/error'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { toErrorResponse } from './error-response.ts'

/** The web app's build; absent while only the server is being worked on. */
const webUrl = new URL('../../../web/dist/', import.meta.url)

/**
 * Serves the web app: files under their own names (those in `assets/` carry a hash and may be kept for ever), and
 * `index.html` for every other address that a browser asks for, because the app has its own routes.
 */
export async function registerWebApp(app: FastifyInstance): Promise<void> {
  const root = fileURLToPath(webUrl)
  const isBuilt = existsSync(new URL('index.html', webUrl))
  const index = isBuilt ? await readFile(new URL('index.html', webUrl)) : undefined
  if (isBuilt) {
    await app.register(fastifyStatic, {
      root,
      index: false,
      wildcard: false,
      cacheControl: false,
      setHeaders: (reply, path) => {
        const isHashed = path.includes('/assets/')
        void reply.setHeader('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
  }
  app.setNotFoundHandler(async (request, reply) => {
    const isPage =
      request.method === 'GET' &&
      !request.url.startsWith('/api/') &&
      request.headers.accept?.includes('text/html')
    if (index && isPage) {
      return reply
        .header('content-type', 'text/html; charset=utf-8')
        .header('cache-control', 'no-cache')
        .send(index)
    }
    const { status, headers, body } = toErrorResponse(
      new AuditError('not_found', 'There is nothing at this address.'),
    )
    return reply.code(status).headers(headers).send(body)
  })
}
