import { isAuditError } from '@aleph-audit-log/domain/error'
import type { AlertStepName } from '@aleph-audit-log/domain/alert-values'
import type { ClaimedDelivery } from '../../settings/alerts/alert-deliveries.ts'
import { toAlert } from '../../settings/alerts/alert-rows.ts'
import { findAlert } from '../../settings/alerts/change-alert.ts'
import { openSecrets, shownOf, type ReceiverSecrets } from '../../settings/alerts/receiver-rows.ts'
import { readMailServer } from '../../settings/mail-settings.ts'
import type { Settings } from '../../settings/open-settings.ts'
import type { Sealer } from '../../settings/seal-text.ts'
import { MailFailure, sendMail } from '../mail/send-mail.ts'
import { renderAlertMail } from './alert-mail.ts'
import type { AlertNews } from './alert-news.ts'
import { DeliveryFailure } from './delivery-failure.ts'
import { postJson, type PostOptions } from './post-json.ts'
import { renderSlackMessage } from './slack-message.ts'
import { renderWebhookBody, signWebhook } from './webhook-message.ts'

export type DeliveryDependencies = {
  settings: Settings
  sealer: Sealer
  now: () => number
  workspaceName: (id: string) => Promise<string>
  /** Where people reach the server, without a trailing slash. */
  publicUrl: () => string
  allowPrivate: boolean
  resolve?: PostOptions['resolve']
  limits: { answerBytesMax: number }
}

/** Tells a receiver what it is to be told, and returns how that went. Throws DeliveryFailure, and AuditError for bad settings. */
export async function deliverAlert(
  claimed: ClaimedDelivery,
  deps: DeliveryDependencies,
  signal: AbortSignal,
): Promise<string> {
  const news = await readNews(claimed, deps)
  const { kind } = claimed.receiver
  switch (kind) {
    case 'email':
      return deliverByMail(claimed, news, deps, signal)
    case 'slack':
      return post(claimed, JSON.stringify(renderSlackMessage(news)), deps, signal)
    case 'webhook':
      return post(claimed, renderWebhookBody(news), deps, signal)
    default:
      return kind satisfies never
  }
}

async function readNews(
  { delivery, receiver }: ClaimedDelivery,
  { settings, workspaceName, publicUrl }: DeliveryDependencies,
): Promise<AlertNews> {
  const id = receiver.workspace_id
  const base = publicUrl()
  const head = {
    workspace: { id, name: await workspaceName(id) },
    at: delivery.created_at,
    settingsUrl: `${base}/settings/alert-receivers`,
  }
  if (delivery.alert_id === null) return { ...head, about: 'test' }
  const row = await findAlert(settings.db, id, delivery.alert_id)
  const alert = {
    ...toAlert(row),
    ...(row.resolution !== null && { resolution: row.resolution }),
    ...(row.reason !== null && { reason: row.reason }),
  }
  // Deliveries of alerts are made by steps alone: see enqueueDeliveries.
  const step = delivery.step as AlertStepName
  return { ...head, about: { step, alert, url: `${base}/alerts/${row.id}` } }
}

async function deliverByMail(
  { delivery, receiver }: ClaimedDelivery,
  news: AlertNews,
  { settings, sealer }: DeliveryDependencies,
  signal: AbortSignal,
): Promise<string> {
  const server = await readMailServer(settings, sealer, receiver.workspace_id)
  if (!server) {
    throw new DeliveryFailure('No server for e-mails is set (Settings, Scheduled exports).', { passes: true })
  }
  const shown = shownOf(receiver)
  const to = 'to' in shown ? shown.to : []
  const messageId = `${delivery.id}@${server.from.split('@').at(-1) ?? 'localhost'}`
  try {
    const { answer, refused } = await sendMail(server, { to, messageId, ...renderAlertMail(news) }, signal)
    return refused.length === 0 ? answer : `Refused for ${refused.join(', ')}; others: ${answer}`
  } catch (error) {
    if (!(error instanceof MailFailure)) throw error
    throw new DeliveryFailure(error.message, { passes: error.passes, cause: error })
  }
}

async function post(
  { delivery, receiver }: ClaimedDelivery,
  body: string,
  { sealer, now, allowPrivate, resolve, limits }: DeliveryDependencies,
  signal: AbortSignal,
): Promise<string> {
  const { url, secret } = readSecrets(sealer, receiver)
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'aleph-audit-log',
    ...(secret !== undefined && signWebhook({ id: delivery.id, body, secret }, now())),
  }
  const { answerBytesMax } = limits
  const options = { allowPrivate, answerBytesMax, signal, ...(resolve && { resolve }) }
  const status = await postJson(new URL(url), { headers, body }, options)
  if (status >= 200 && status < 300) return `The receiver answered ${status}.`
  const redirected =
    status >= 300 && status < 400 ? ' Redirects are not followed: set its final address.' : ''
  // Gone: it does not want to be asked again.
  throw new DeliveryFailure(`The receiver answered ${status}.${redirected}`, { passes: status !== 410 })
}

function readSecrets(sealer: Sealer, receiver: ClaimedDelivery['receiver']): ReceiverSecrets {
  try {
    return openSecrets(sealer, receiver)
  } catch (cause) {
    if (!isAuditError(cause, 'conflict')) throw cause
    const message = 'Its address cannot be read with the secrets of this server: enter it again.'
    throw new DeliveryFailure(message, { passes: false, cause })
  }
}
