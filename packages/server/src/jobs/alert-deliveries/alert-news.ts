import type { AlertStepName, Resolution } from '@aleph-audit-log/domain/alert-values'
import type { Alert } from '@aleph-audit-log/domain/api/alerts'

/** What a receiver is to be told: a step of an alert, or that this is a test. */
export type AlertNews = {
  workspace: { id: string; name: string }
  /** When it happened. */
  at: string
  /** Where receivers are changed. */
  settingsUrl: string
  about:
    | {
        step: AlertStepName
        alert: Alert & { resolution?: Resolution; reason?: string }
        /** The page of the alert. */
        url: string
      }
    | 'test'
}

/** What happened, as the beginning of a line. */
export const stepWords: Record<AlertStepName, string> = {
  opened: 'New alert',
  acknowledged: 'Acknowledged',
  resolved: 'Resolved',
  reopened: 'Opened again',
  muted: 'Muted',
  unmuted: 'No longer muted',
}

export function testWords({ workspace }: AlertNews): string {
  return `This is a test. Alerts of the workspace ${workspace.name} can be sent here.`
}

/** `12 events, 22 November 2026 10:00 to 10:05 UTC`. */
export function sayEvents({ eventCount, firstEventAt, lastEventAt }: Alert): string {
  const say = (time: string): string => `${time.slice(0, 10)} ${time.slice(11, 16)}`
  const first = say(firstEventAt)
  const last = say(lastEventAt)
  const count = `${eventCount.toLocaleString('en-US')} ${eventCount === 1 ? 'event' : 'events'}`
  return first === last ? `${count}, ${first} UTC` : `${count}, ${first} to ${last} UTC`
}
