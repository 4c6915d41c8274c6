import { idParamsSchema } from '@aleph-audit-log/domain/api/access'
import { alertContextDays } from '@aleph-audit-log/domain/alert-values'
import type { AlertContext, PersonBefore, TableBefore } from '@aleph-audit-log/domain/api/alerts'
import { isAuditError } from '@aleph-audit-log/domain/error'
import { timeFromMs, timeToMs } from '@aleph-audit-log/domain/time'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { requireWholeLog } from '../access/restrict-to-viewer.ts'
import type { Viewer } from '../access/viewer.ts'
import type { Insights } from '../insights/insights.ts'
import type { SearchRecorder } from '../search/record-search.ts'
import { readAlert } from '../settings/alerts/read-alerts.ts'
import type { Settings } from '../settings/open-settings.ts'
import { clientGone } from './client-gone.ts'
import { readInput } from './read-input.ts'

export type AlertContextDependencies = {
  authenticate: (request: FastifyRequest) => Promise<Viewer>
  recorder: SearchRecorder<FastifyRequest>
  insights: Insights
  settings: Settings
  now: () => number
}

/** So many people and tables of an alert are told about, and so many names of each. */
const shownMax = 3
const namesMax = 3
const dayMs = 86_400_000

/** Registers what was usual before an alert: without it nobody can tell whether something is unusual. */
export function registerAlertContextRoute(app: FastifyInstance, deps: AlertContextDependencies): void {
  app.get<{ Params: { id: string } }>(
    '/api/v1/alerts/:id/context',
    async (request, reply): Promise<AlertContext> => {
      const viewer = await deps.authenticate(request)
      requireWholeLog(viewer)
      const { id } = readInput(idParamsSchema, request.params)
      const { alert } = await readAlert(deps.settings, viewer, id, deps.now())
      const from = timeFromMs(timeToMs(alert.firstEventAt) - alertContextDays * dayMs)
      const range = { from, to: alert.firstEventAt }
      const options = { signal: clientGone(reply) }
      const people: PersonBefore[] = []
      for (const name of alert.people.slice(0, shownMax)) {
        const detail = await known(deps.insights.person(viewer, name, range, options))
        people.push({
          name,
          ...(detail && {
            usage: pick(detail.usage, ['count', 'failed', 'denied', 'tables', 'firstSeenAt']),
          }),
          tables: (detail?.tables ?? []).slice(0, namesMax).map(({ table }) => table),
          tools: [...new Set((detail?.tools ?? []).flatMap(({ tool }) => tool ?? []))].slice(0, namesMax),
        })
      }
      const tables: TableBefore[] = []
      for (const name of alert.tables.slice(0, shownMax)) {
        const detail = await known(deps.insights.table(viewer, name, range, options))
        const names = (list: { person: { id: string; name?: string | undefined } }[] = []): string[] =>
          list.slice(0, namesMax).map(({ person }) => person.name ?? person.id)
        tables.push({
          name,
          ...(detail && {
            usage: pick(detail.usage, ['count', 'reads', 'writes', 'readers', 'writers', 'firstSeenAt']),
          }),
          readers: names(detail?.readers),
          writers: names(detail?.writers),
        })
      }
      await deps.recorder.recordAlertView(viewer, { id, title: alert.rule.title }, request)
      return { ...range, people, tables }
    },
  )
}

/** Undefined for what the log does not know: it was never seen in a query. */
async function known<T>(detail: Promise<T>): Promise<T | undefined> {
  try {
    return await detail
  } catch (error) {
    if (isAuditError(error, 'not_found')) return undefined
    throw error
  }
}

function pick<T extends object, Key extends keyof T>(from: T, keys: readonly Key[]): Pick<T, Key> {
  // Exactly the keys that are asked for, as far as they are there.
  return Object.fromEntries(
    keys.flatMap((key) => (from[key] === undefined ? [] : [[key, from[key]]])),
  ) as Pick<T, Key>
}
