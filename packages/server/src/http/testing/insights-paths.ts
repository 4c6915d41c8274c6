/** Addresses of the routes about usage, for tests that call every route. */
export const insightsPaths: readonly string[] = [
  ...['people', 'tables', 'queries', 'tools'].flatMap((list) => [
    `/api/v1/insights/${list}?q=-type:none`,
    `/api/v1/insights/${list}?q=-type:none&format=csv`,
    `/api/v1/insights/${list}?q=-type:none&format=xlsx`,
    `/api/v1/insights/${list}?from=2000-01-01&q=nonsense`,
  ]),
  '/api/v1/insights/people?sort=dormant&q=type:nonsense',
  '/api/v1/insights/tables?sort=unused&q=type:nonsense',
  '/api/v1/insights/activity?q=-type:none',
  '/api/v1/insights/people/nonsense',
  '/api/v1/insights/tables/nonsense',
  '/api/v1/insights/queries/nonsense',
]

/** A call of each route: who may read events gets this status. */
const insightsCalls: readonly (readonly [route: string, path: string, status: number])[] = [
  ['GET /api/v1/insights/people', '/api/v1/insights/people', 200],
  ['GET /api/v1/insights/tables', '/api/v1/insights/tables?sort=unused', 200],
  ['GET /api/v1/insights/queries', '/api/v1/insights/queries?format=csv', 200],
  ['GET /api/v1/insights/tools', '/api/v1/insights/tools', 200],
  ['GET /api/v1/insights/activity', '/api/v1/insights/activity?zone=Asia%2FKolkata', 200],
  // Nobody and nothing is known by such a name.
  ['GET /api/v1/insights/people/:id', '/api/v1/insights/people/no%2Fbody', 404],
  ['GET /api/v1/insights/tables/:id', '/api/v1/insights/tables/none', 404],
  ['GET /api/v1/insights/queries/:id', '/api/v1/insights/queries/none', 404],
]

/** The routes about usage with what a test says of each. */
export function insightsRoutes<T>(of: (path: string, status: number) => T): Record<string, T> {
  return Object.fromEntries(insightsCalls.map(([route, path, status]) => [route, of(path, status)]))
}
