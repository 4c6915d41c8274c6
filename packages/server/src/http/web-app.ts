import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { AuditError } from '@aleph-audit-log/domain/error'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { packageFolder } from '../package-folder.ts'
import { toErrorResponse } from './error-response.ts'

/** The web app's build; absent while only the server is being worked on. */
const root = join(packageFolder, '..', 'web', 'dist')

/**
 * Serves the web app: files under their own names (those in `assets/` carry a hash and may be kept for ever), and
 * `index.html` for every other address that a browser asks for, because the app has its own routes.
 */
export async function registerWebApp(app: FastifyInstance): Promise<void> {
  const isBuilt = existsSync(join(root, 'index.html'))
  if (isBuilt) {
    await app.register(fastifyStatic, {
      root,
      index: false,
      // The build puts `.br` and `.gz` beside each text file.
      preCompressed: true,
      cacheControl: false,
      setHeaders: (reply, path) => {
        const isHashed = path.includes('/assets/')
        void reply.setHeader('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
        void reply.setHeader('vary', 'accept-encoding')
      },
    })
    app.get('/', async (_request, reply) => reply.sendFile('index.html'))
  }
  app.setNotFoundHandler(async (request, reply) => {
    const isPage =
      request.method === 'GET' &&
      !request.url.startsWith('/api/') &&
      request.headers.accept?.includes('text/html')
    if (isBuilt && isPage) return reply.sendFile('index.html')
    const { status, headers, body } = toErrorResponse(
      new AuditError('not_found', 'There is nothing at this address.'),
    )
    return reply.code(status).headers(headers).send(body)
  })
}
