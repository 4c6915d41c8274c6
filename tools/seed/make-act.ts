import type { Actor, EventData, EventDraft, Target } from '@aleph-audit-log/domain/event'
import { toTime } from './make-query.ts'
import type { MadeEvent } from './made-event.ts'
import type { Person } from './people.ts'

export type Act = {
  type: string
  ms: number
  actor: Actor
  ip: string
  userAgent: string
  data?: EventData
  targets?: Target[]
  outcome?: EventDraft['outcome']
}

/** Something done in the audit log itself, in the shape in which the product records it. */
export function makeAct({ type, ms, actor, ip, userAgent, data, targets, outcome }: Act): MadeEvent {
  return {
    draft: {
      type,
      occurredAt: toTime(ms),
      actor,
      ...(outcome === undefined ? {} : { outcome }),
      ...(data === undefined ? {} : { data }),
      ...(targets === undefined ? {} : { targets }),
      context: { ip, userAgent },
    },
    ms,
    source: 'app',
    lagMs: 1,
    routine: false,
  }
}

/** A person as the product knows its members. */
export function memberActor({ id, name, email }: Person): Actor {
  return { type: 'user', id, name, email }
}
