import { createHash } from 'node:crypto'
import { toCanonicalJson } from '@aleph-audit-log/domain/canonical-json'
import { parseEvent, type StoredEvent } from '@aleph-audit-log/domain/event'
import { readPostgresAttribution } from '../../packages/server/src/capture/postgres-log/to-drafts.ts'
import { idFromHash } from '../../packages/server/src/ingest/create-event-id.ts'
import { SqlReader } from '@aleph-audit-log/domain/sql/sql-reader'
import { limits } from '../../packages/server/src/config.ts'
import { enrichEvent, type Enriching } from '../../packages/server/src/ingest/enrich-event.ts'
import { companyIndex, type LeftOn } from './directory.ts'
import { companyRulebook } from './company-policies.ts'
import { judgeEvent } from '../../packages/server/src/policy/policy-directory.ts'
import { toTime } from './make-query.ts'
import type { MadeEvent } from './made-event.ts'

export type StoreOptions = {
  workspaceId: string
  /** The node whose journal these events would have come from. */
  node: string
  /** Nobody has left without it. */
  leftOn?: LeftOn
}

const sqlReader = new SqlReader(limits.sqlReader)
const rulebook = companyRulebook()
const enrichingOf = (leftOn: LeftOn): Enriching => ({
  masking: { hashSecret: (secret) => digest(secret).slice(0, 8), bindParameters: 'masked' },
  readStatement: (sql, dialect) => sqlReader.read(sql, dialect).statement,
  people: companyIndex(leftOn),
  judge: (event, actor, way) => judgeEvent(rulebook, event, actor, way),
})

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/**
 * Brings made-up events into the form in which the log keeps them, with positions from 1: by the product's own
 * validation and enrichment, with the company's own directory. Ids and hashes follow from the content and the position,
 * so that the same events are the same to the byte. Throws AuditError('invalid') for a draft that the product would
 * refuse.
 */
export function toStoredEvents(
  made: readonly MadeEvent[],
  { workspaceId, node, leftOn = new Map() }: StoreOptions,
): StoredEvent[] {
  const enriching = enrichingOf(leftOn)
  return made.map(({ draft, source, ms, lagMs }, i) => {
    const sequence = i + 1
    const id = idFromHash(digest(`${node} ${sequence}`))
    const event = parseEvent({ id, ...draft }, { receivedAt: toTime(ms + lagMs), createId: () => id })
    const way = {
      workspaceId,
      source,
      ...(source.endsWith('postgres-log') ? { attributionOf: readPostgresAttribution } : {}),
    }
    const contentHash = digest(toCanonicalJson({ id, ...draft })).slice(0, 32)
    const enriched = enrichEvent(event, way, contentHash, enriching)
    return { ...enriched, position: { node, sequence } }
  })
}
