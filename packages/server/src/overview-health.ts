import { statfs } from 'node:fs/promises'
import type { Integration } from '@aleph-audit-log/domain/api/integrations'
import type { Parts } from './audit-log-server.ts'
import type { OverviewDependencies } from './insights/overview.ts'
import { readIntegrationsOf } from './settings/integrations.ts'

type Source = Awaited<ReturnType<OverviewDependencies['sources']>>[number]

/** The ways in that need no integration. */
const ownSources: readonly Source[] = [
  { id: 'api', name: 'API', kind: 'api' },
  { id: 'app', name: 'Aleph Audit Log', kind: 'app' },
]

/** What the overview tells of the server itself: where events come from, and what they take on the disk. */
export function overviewHealth({
  settings,
  captures,
  eventLog,
  config,
  findProblems,
}: Parts): Pick<OverviewDependencies, 'sources' | 'storage'> {
  return {
    sources: async ({ workspaceId }) => {
      const integrations = await readIntegrationsOf(settings, workspaceId)
      return [...integrations.map((one) => toSource(captures.withStatus(one))), ...ownSources]
    },
    storage: async () => {
      const { bavail, bsize } = await statfs(config.dataDir)
      return {
        eventStoreBytes: await eventLog.store.countDiskBytes(),
        journalBytes: eventLog.journal.bytes,
        freeBytes: bavail * bsize,
        problems: findProblems(),
      }
    },
  }
}

function toSource({ id, name, kind, status }: Integration): Source {
  const { state, message, lastEventAt } = status
  return {
    id,
    name,
    kind,
    state,
    ...(message !== undefined && { message }),
    ...(lastEventAt !== undefined && { lastEventAt }),
  }
}
