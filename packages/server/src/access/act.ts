import type { EventDraft } from '@aleph-audit-log/domain/event'
import type { RecordEvent } from '../settings/commit-with-event.ts'
import type { Settings } from '../settings/open-settings.ts'
import type { Viewer } from './viewer.ts'

/** Somebody doing something: what every function that changes members, keys or integrations is given. */
export type Act = {
  settings: Settings
  viewer: Viewer
  /** Keeps the event about it; bound to the request and the workspace. */
  record: RecordEvent
  nowMs: number
}

/** Somebody doing something who has proved no more than a one-time token, or not yet anything. */
export type AnonymousAct = Omit<Act, 'viewer' | 'record'> & {
  /** Keeps the event in the log of a workspace; without one in that of the installation's first. */
  record: RecordAnonymousAct
}

/** As RecordEvent, for an act whose workspace only the token or the e-mail tells. */
export type RecordAnonymousAct = (draft: EventDraft, workspaceId?: string) => Promise<void>

/** The time of an act as the settings database keeps times. */
export function timeOf({ nowMs }: { nowMs: number }): string {
  return new Date(nowMs).toISOString()
}
