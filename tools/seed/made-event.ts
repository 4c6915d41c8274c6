import type { EventDraft, Statement } from '@aleph-audit-log/domain/event'
import type { IncidentName } from './incident.ts'
import type { QueryTemplate } from './query-template.ts'

/** An event of the made-up company before the log has it. */
export type MadeEvent = {
  draft: EventDraft & { occurredAt: string }
  /** When it happened, Unix milliseconds with a fraction: the same as `draft.occurredAt`. */
  ms: number
  /** The way in: `api`, `app`, or the id of an integration. */
  source: string
  known: Known
  /** How much later the log received it. */
  lagMs: number
  /** Where in `data.sql` a number stands that copies may change. */
  literal?: { start: number; end: number }
  /** Everyday work, which may be copied; incidents and acts stand alone. */
  routine: boolean
  incident?: IncidentName
}

/** What is known of an event beyond its draft, because it was made here. */
export type Known = { statement?: Statement }

/**
 * The one place where a made-up event gets what reading its SQL would tell. The product does not read SQL yet, so the
 * demo would have no tables and kinds to show; here they are known, because the text was made from a template. Once
 * enrichment reads SQL itself, this function goes, and what the reader finds takes its place.
 */
export function knownStatement(template: QueryTemplate, parsed = true): Statement {
  const { kind, tables, fingerprint, normalized } = template
  if (!parsed) return { kind: 'other', parsed, tables: [], fingerprint: '', normalized: '', flags: [] }
  return { kind, parsed, tables, fingerprint, normalized, flags: [] }
}
