import type { EventDraft } from '@aleph-audit-log/domain/event'
import { openAlertDeliveries } from './alert-deliveries.ts'
import type { Parts } from './audit-log-server.ts'
import type { DataDirectory } from './data-directory.ts'
import { openDetections } from './detections.ts'
import { openScheduledExports } from './scheduled-exports.ts'

type OwnWorkParts = Pick<Parts, 'config' | 'settings' | 'eventLog' | 'publicUrl' | 'now' | 'log'> & {
  directory: DataDirectory
  /** Keeps what the server does by itself. */
  record: (draft: EventDraft, workspaceId: string) => Promise<void>
  shippedRulesDir: string | undefined
  evaluatorProgram: string | undefined
}

/** What the server does by itself, when it is started. */
export async function openOwnWork(
  { directory, shippedRulesDir, evaluatorProgram, ...shared }: OwnWorkParts,
  closers: (() => Promise<void> | void)[],
): Promise<Pick<Parts, 'search' | 'sealer' | 'schedules' | 'alertDeliveries' | 'detecting'>> {
  const exporting = openScheduledExports({ ...shared, directory })
  closers.push(() => exporting.schedules.close())
  const alertDeliveries = openAlertDeliveries({ ...shared, sealer: exporting.sealer })
  closers.push(() => alertDeliveries.close())
  const detecting = await openDetections({
    ...shared,
    alertDeliveries,
    node: directory.node,
    shippedRulesDir,
    evaluatorProgram,
  })
  closers.push(detecting.close)
  return { ...exporting, alertDeliveries, detecting }
}
