import { hash } from 'node:crypto'
import type { Actor, EventDraft } from '@aleph-audit-log/domain/event'
import { timeFromMs } from '@aleph-audit-log/domain/time'
import { idFromHash } from '../../ingest/create-event-id.ts'

/** Acts of the gateway itself. */
const gatewayActor: Actor = { type: 'system', id: 'postgres_gateway', name: 'PostgreSQL gateway' }

/** An event in place of one that the audit log refused: what it was and why, without its content. */
export function toRefusedDraft(refused: EventDraft, reasons: readonly string[], nowMs: number): EventDraft {
  return {
    id: idOf('refused', refused.id ?? ''),
    type: 'gateway_event_refused',
    occurredAt: timeFromMs(nowMs),
    actor: gatewayActor,
    outcome: 'failure',
    data: {
      eventId: refused.id ?? '',
      eventType: refused.type,
      eventTime: refused.occurredAt ?? '',
      reasons: [...reasons],
    },
  }
}

/** An event that tells of events which found no room while the audit log did not take any. */
export function toLostDraft(
  integrationId: string,
  { count, from, to }: { count: number; from: string; to: string },
): EventDraft {
  return {
    id: idOf('lost', integrationId, from, to, String(count)),
    type: 'gateway_events_lost',
    occurredAt: to,
    actor: gatewayActor,
    outcome: 'failure',
    data: { count, from, to },
  }
}

function idOf(...parts: string[]): string {
  return idFromHash(hash('sha256', JSON.stringify(parts)))
}
