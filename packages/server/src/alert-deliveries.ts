import type { Parts } from './audit-log-server.ts'
import { limits } from './config.ts'
import { AlertDeliveries, type AlertDeliveriesOptions } from './jobs/alert-deliveries/alert-deliveries.ts'
import { readWorkspaceName } from './settings/workspaces.ts'

type DeliveryParts = Pick<Parts, 'config' | 'settings' | 'sealer' | 'publicUrl' | 'now' | 'log'> &
  Pick<AlertDeliveriesOptions, 'record'>

/** What tells receivers of alerts; it delivers nothing before it is started. */
export function openAlertDeliveries({ config, ...parts }: DeliveryParts): AlertDeliveries {
  const { settings, sealer, publicUrl, now, log, record } = parts
  return new AlertDeliveries({
    settings,
    sealer,
    publicUrl,
    now,
    log,
    record,
    workspaceName: async (id) => (await readWorkspaceName(settings, id)) ?? '',
    allowPrivate: config.webhookAllowPrivate,
    limits: limits.alertDeliveries,
  })
}
