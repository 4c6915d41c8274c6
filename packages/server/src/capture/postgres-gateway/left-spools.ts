import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SpoolOutbox } from './spool-outbox.ts'

/** The folder of an integration's spool: it tells whose events these are, also when the integration is deleted. */
export function spoolDirOf(gatewaysDir: string, workspaceId: string, integrationId: string): string {
  return join(gatewaysDir, workspaceId, integrationId)
}

export type LeftSpoolsOptions = {
  gatewaysDir: string
  /** Whether a gateway that runs here uses it. */
  isUsed: (integrationId: string) => boolean
  open: (spool: { workspaceId: string; integrationId: string; dir: string }) => Promise<SpoolOutbox>
}

/** How long the audit log may take for what one spool holds, before the next has its turn. */
const patienceMs = 2000
const pollMs = 50

/**
 * Hands over what gateways left on this disk that do not run here any more: their integration was deleted or changed, or
 * another server runs it now. A spool that is empty is removed.
 */
export async function handOverLeftSpools({ gatewaysDir, isUsed, open }: LeftSpoolsOptions): Promise<void> {
  for (const workspaceId of await list(gatewaysDir)) {
    for (const integrationId of await list(join(gatewaysDir, workspaceId))) {
      if (isUsed(integrationId)) continue
      const dir = spoolDirOf(gatewaysDir, workspaceId, integrationId)
      const spool = await open({ workspaceId, integrationId, dir })
      for (let ms = 0; spool.status().eventsWaiting > 0 && ms < patienceMs; ms += pollMs) await sleep(pollMs)
      const isEmpty = spool.status().eventsWaiting === 0
      await spool.close()
      if (isEmpty) await rm(dir, { recursive: true })
    }
  }
}

async function list(dir: string): Promise<string[]> {
  return readdir(dir).catch(() => [])
}
