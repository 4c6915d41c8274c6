import { join } from 'node:path'
import { readShippedRules } from '../packages/server/src/detect/testing/judge-drafts.ts'
import { openSettings } from '../packages/server/src/settings/open-settings.ts'

/** Switches every shipped rule off in each workspace of a data directory that no server uses. */
export async function switchOffRules(dataDir: string): Promise<void> {
  const settings = await openSettings({ path: join(dataDir, 'settings.sqlite'), now: () => Date.now() })
  try {
    const workspaces = await settings.db.selectFrom('workspaces').select('id').execute()
    for (const { id: workspaceId } of workspaces) {
      for (const rule of readShippedRules()) {
        const row = {
          workspace_id: workspaceId,
          rule_id: rule.id,
          source: null,
          enabled: 0,
          exclusions: '',
          version: 1,
          updated_at: new Date().toISOString(),
          updated_by_id: 'benchmark',
          updated_by_name: 'Benchmark',
          updated_by_email: null,
        }
        await settings.db.insertInto('detection_rules').values(row).execute()
      }
    }
  } finally {
    await settings.close()
  }
}
