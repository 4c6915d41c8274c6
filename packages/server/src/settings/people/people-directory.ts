import {
  buildPeopleIndex,
  emptyPeopleIndex,
  type PeopleIndex,
} from '@aleph-audit-log/domain/attribution/people-index'
import type { Settings } from '../open-settings.ts'
import { readPeople } from './person-keys.ts'
import { readServiceAccounts } from './service-accounts.ts'

/**
 * The directories of all workspaces in memory, where each event is looked up. What changes here is there when `refresh`
 * has ended; what another server changes, when it is called the next time.
 */
export type PeopleDirectory = {
  indexOf: (workspaceId: string) => PeopleIndex
  /** Reads anew what has changed since. */
  refresh: () => Promise<void>
}

type Held = { version: number; index: PeopleIndex }

export async function openPeopleDirectory(settings: Settings): Promise<PeopleDirectory> {
  const held = new Map<string, Held>()
  let refreshing: Promise<void> = Promise.resolve()

  async function read(): Promise<void> {
    const versions = await settings.db.selectFrom('directory_versions').selectAll().execute()
    for (const { workspace_id: workspaceId, version } of versions) {
      // The version is read before what it counts: at worst the same is read twice.
      if (held.get(workspaceId)?.version === version) continue
      held.set(workspaceId, { version, index: await readIndex(settings, workspaceId) })
    }
  }

  const refresh = async (): Promise<void> => {
    // One after the other, so that an old state is never put over a newer one; and each begins after the call.
    const next = refreshing.then(read)
    refreshing = next.catch(() => undefined)
    return next
  }
  await refresh()
  return { indexOf: (workspaceId) => held.get(workspaceId)?.index ?? emptyPeopleIndex, refresh }
}

async function readIndex({ db }: Settings, workspaceId: string): Promise<PeopleIndex> {
  const integrations = await db
    .selectFrom('integrations')
    .select(['id', 'name'])
    .where('workspace_id', '=', workspaceId)
    .execute()
  return buildPeopleIndex(
    await readPeople(db, workspaceId),
    await readServiceAccounts(db, workspaceId),
    integrations,
  )
}
