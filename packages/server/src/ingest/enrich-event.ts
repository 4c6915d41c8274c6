import { attributeEvent } from '@aleph-audit-log/domain/attribution/attribute-event'
import type { PeopleIndex } from '@aleph-audit-log/domain/attribution/people-index'
import type {
  Attribution,
  AuditEvent,
  EnrichedEvent,
  EventData,
  Statement,
} from '@aleph-audit-log/domain/event'
import { actorTags, findKnownActor, type KnownActor } from '@aleph-audit-log/domain/policy/known-actor'
import { maskData, type MaskDataOptions } from '@aleph-audit-log/domain/secrets/mask-data'

/** The way an event came in. */
export type Way = {
  workspaceId: string
  /** `api`, `app`, or the id of an integration. */
  source: string
  /** Set by a capture, which has the login from the database's own log: what that proves. Others only assert one. */
  attributionOf?: (data: EventData) => Attribution | undefined
}

/** What enriching needs of the server. */
export type Enriching = {
  masking: MaskDataOptions
  /** What a text of SQL does. */
  readStatement: (sql: string, dialect: string | undefined) => Statement
  /** The workspace's directory of people. */
  people: PeopleIndex
  /** What tags and policies say of an event. Without it only what the directory knows. */
  judge?: Judge
}

/** Gives an event its tags, and says what the workspace's policies say of it. */
export type Judge = (
  event: AuditEvent & Pick<EnrichedEvent, 'statement' | 'attribution'>,
  actor: KnownActor,
  way: Way,
) => Pick<EnrichedEvent, 'tags' | 'policy'>

/** Where nothing is known of tables and policies. */
const judgeActorAlone: Judge = (event, actor) => {
  const tags = actorTags(actor, event.actor, event.occurredAt)
  return tags.length === 0 ? {} : { tags }
}

/**
 * Adds what the sender does not say: whose log it belongs to, the way it came in, the hash of what was sent, what its
 * SQL does, the person behind a shared login, as the workspace's directory knows people, and what its policies say of it. Secrets in SQL are masked
 * here, before anything is written, and before SQL and tool comments are read: neither can tell one.
 */
export function enrichEvent(
  event: AuditEvent,
  way: Way,
  contentHash: string,
  { masking, readStatement, people, judge = judgeActorAlone }: Enriching,
): EnrichedEvent {
  const masked = event.data === undefined ? event : { ...event, data: maskData(event.data, masking) }
  const { source, attributionOf } = way
  const captured = attributionOf?.(event.data ?? {})
  const isCapture = attributionOf !== undefined
  const statement = masked.data === undefined ? undefined : statementOf(masked.data, readStatement)
  const known = {
    ...masked,
    ...(statement === undefined ? {} : { statement }),
    ...attributeEvent(masked, { source, captured, isCapture }, people),
  }
  return {
    ...known,
    ...judge(known, findKnownActor(known, { source, isCapture }, people), way),
    workspaceId: way.workspaceId,
    source,
    contentHash,
  }
}

/** What the SQL of an event's data does; undefined where it has none. */
export function statementOf(
  { sql, dialect }: EventData,
  readStatement: Enriching['readStatement'],
): Statement | undefined {
  if (typeof sql !== 'string' || sql.trim() === '') return undefined
  return readStatement(sql, typeof dialect === 'string' ? dialect : undefined)
}
