import type * as appModule from '../app.ts'

/** Every route that a server in this process has, such as `GET /api/v1/events`, as fastify tells when it registers one. */
export const routes = new Set<string>()

/** The module `app.ts` with an eye on the routes: for `vi.mock`, because nothing outside the server needs their list. */
export function withRoutesCollected(original: typeof appModule): typeof appModule {
  return {
    ...original,
    createApp: (options) => {
      const app = original.createApp(options)
      app.addHook('onRoute', ({ method, url }) => {
        for (const one of [method].flat()) routes.add(`${one} ${url}`)
      })
      return app
    },
  }
}
