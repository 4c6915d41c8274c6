import { createHmac } from 'node:crypto'
import { testWords, type AlertNews } from './alert-news.ts'

/** The body of a webhook (docs/alerts.md). */
export function renderWebhookBody(news: AlertNews): string {
  const { about, workspace, at } = news
  if (about === 'test') {
    return JSON.stringify({
      type: 'alert.test',
      timestamp: at,
      data: { workspace, message: testWords(news) },
    })
  }
  const { step, alert, url } = about
  return JSON.stringify({
    type: `alert.${step}`,
    timestamp: at,
    data: { workspace, alert: { ...alert, url } },
  })
}

/**
 * The headers of Standard Webhooks (specification 1.0.0): HMAC-SHA256 of `id.timestamp.body` with the bytes that the secret
 * holds in base64 behind `whsec_`. The id is that of the delivery, the same however often it is sent.
 */
export function signWebhook(
  { id, body, secret }: { id: string; body: string; secret: string },
  nowMs: number,
): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1000))
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` }
}
