import type { EventDraft } from '@aleph-audit-log/domain/event'
import type { IncidentName } from './incident.ts'
import type { QueryTemplate } from './query-template.ts'

/** An event of the made-up company before the log has it. */
export type MadeEvent = {
  draft: EventDraft & { occurredAt: string }
  /** When it happened, Unix milliseconds with a fraction: the same as `draft.occurredAt`. */
  ms: number
  /** The way in: `api`, `app`, or the id of an integration. */
  source: string
  /** What its SQL was made from; undefined where that has an error of syntax. */
  template?: QueryTemplate
  /** How much later the log received it. */
  lagMs: number
  /** Where in `data.sql` a number stands that copies may change. */
  literal?: { start: number; end: number }
  /** Everyday work, which may be copied; incidents and acts stand alone. */
  routine: boolean
  incident?: IncidentName
}
