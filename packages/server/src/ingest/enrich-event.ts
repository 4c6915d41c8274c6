import type { Attribution, AuditEvent, EnrichedEvent, EventData } from '@aleph-audit-log/domain/event'
import { maskData, type MaskDataOptions } from '@aleph-audit-log/domain/secrets/mask-data'

/** The way an event came in. */
export type Way = {
  workspaceId: string
  /** `api`, `app`, or the id of an integration. */
  source: string
  /** What a capture that reads the database's own log knows about the person; others can only assert a login. */
  attributionOf?: (data: EventData) => Attribution | undefined
}

/**
 * Adds what the sender does not say: whose log it belongs to, the way it came in, the hash of what was sent, and the
 * database login behind a statement. Secrets are masked here, before anything is written.
 */
export function enrichEvent(
  event: AuditEvent,
  way: Way,
  contentHash: string,
  masking: MaskDataOptions,
): EnrichedEvent {
  const attribution = (way.attributionOf ?? assertedLogin)(event.data ?? {})
  return {
    ...event,
    ...(event.data === undefined ? {} : { data: maskData(event.data, masking) }),
    workspaceId: way.workspaceId,
    source: way.source,
    contentHash,
    ...(attribution === undefined ? {} : { attribution }),
  }
}

function assertedLogin({ login }: EventData): Attribution | undefined {
  return typeof login === 'string' && login !== '' ? { login, trust: 'asserted' } : undefined
}
