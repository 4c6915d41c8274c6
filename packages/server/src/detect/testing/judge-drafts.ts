import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildPeopleIndex, type PeopleIndex } from '@aleph-audit-log/domain/attribution/people-index'
import { linkRules } from '@aleph-audit-log/domain/detect/link-rules'
import { readRules } from '@aleph-audit-log/domain/detect/read-rules'
import type { Rule } from '@aleph-audit-log/domain/detect/rule'
import { parseEvent, type EnrichedEvent, type EventDraft } from '@aleph-audit-log/domain/event'
import { toSearchableEvent } from '@aleph-audit-log/domain/searchable-event'
import { SqlReader } from '@aleph-audit-log/domain/sql/sql-reader'
import { timeFromMs, timeToMs } from '@aleph-audit-log/domain/time'
import { limits } from '../../config.ts'
import { enrichEvent } from '../../ingest/enrich-event.ts'
import { createEvaluator } from '../evaluator.ts'
import { emptyHistory } from '../history.ts'
import { toJudgedEvent, type JudgedEvent } from '../judged-event.ts'

/** The folder of the rules that come with the product. */
export const shippedRulesFolder = join(import.meta.dirname, '..', '..', '..', 'rules')

export type SentDraft = EventDraft & { occurredAt: string }

/** What is known when events come in. */
export type Known = {
  people: PeopleIndex
  /** Tags of tables, by their full names. */
  tags: ReadonlyMap<string, readonly string[]>
  /** Tables that a policy forbids everybody. */
  forbidden?: ReadonlySet<string>
}

export type JudgeOptions = {
  known?: Known
  /** When all of them come in; a second after they happened without it. */
  receivedMs?: number
  /** Until when silence is waited for after the last one. */
  endMs?: number
}

export type Found = {
  rule: string
  level: string
  group: readonly string[]
  eventIds: readonly string[]
  lastAtMs: number
}

/** The rules that come with the product, as files. Throws for one that cannot be read. */
export function readShippedRules(): readonly Rule[] {
  const files = readdirSync(shippedRulesFolder).filter((name) => name.endsWith('.yml'))
  const read = files.map((name) => readRules(readFileSync(join(shippedRulesFolder, name), 'utf8')))
  const linked = linkRules(read.flatMap(({ rules }) => rules))
  const problems = [...read.flatMap((one) => one.problems), ...linked.problems]
  if (problems.length > 0) throw new Error(JSON.stringify(problems))
  return linked.rules
}

/** Nobody is known, and no table has a tag. */
const nothingKnown: Known = { people: buildPeopleIndex([], [], []), tags: new Map() }

const batchEvents = 500

/**
 * Holds rules against drafts as if they came in when they happened, in their order: by the product's own validation,
 * enrichment and evaluator, with a log that was empty before.
 */
export async function judgeDrafts(
  rules: readonly Rule[],
  drafts: readonly SentDraft[],
  { known = nothingKnown, receivedMs, endMs }: JudgeOptions = {},
): Promise<Found[]> {
  const evaluator = createEvaluator({ rules, history: emptyHistory })
  const events = drafts.map(createEnriching(known, receivedMs))
  const found: Found[] = []
  for (let at = 0; at < events.length; at += batchEvents) {
    const { hits } = await evaluator.judge(events.slice(at, at + batchEvents), [])
    found.push(...hits.map(toFound))
  }
  if (endMs !== undefined) found.push(...(await evaluator.tick(endMs * 1000, [])).hits.map(toFound))
  return found
}

type Hit = Awaited<ReturnType<ReturnType<typeof createEvaluator>['judge']>>['hits'][number]

function toFound({ rule, group, evidence, event, lastAt }: Hit): Found {
  const eventIds = [...new Set([...evidence.map(({ id }) => id), event.id])]
  return { rule: rule.name ?? rule.title, level: rule.level, group, eventIds, lastAtMs: lastAt / 1000 }
}

function createEnriching(known: Known, receivedMs: number | undefined): (draft: SentDraft) => JudgedEvent {
  const reader = new SqlReader(limits.sqlReader)
  let made = 0
  return (draft) => {
    const receivedAt = timeFromMs(receivedMs ?? timeToMs(draft.occurredAt) + 1000)
    const createId = (): string => `00000000-0000-4000-8000-${String(++made).padStart(12, '0')}`
    const event = enrichEvent(
      parseEvent(draft, { receivedAt, createId }),
      { workspaceId: 'w', source: 'api' },
      '',
      {
        masking: {
          hashSecret: (secret) => createHash('sha256').update(secret).digest('hex').slice(0, 8),
          bindParameters: 'masked',
        },
        readStatement: (sql, dialect) => reader.read(sql, dialect).statement,
        people: known.people,
      },
    )
    return toJudgedEvent(toSearchableEvent(withVerdict(event, known)), receivedAt)
  }
}

function withVerdict(event: EnrichedEvent, { tags, forbidden }: Known): EnrichedEvent {
  const tables = event.statement?.tables.map(({ name }) => name) ?? []
  const all = [...new Set([...tables.flatMap((name) => tags.get(name) ?? []), ...(event.tags ?? [])])]
  const isForbidden = tables.some((name) => forbidden?.has(name) === true)
  return {
    ...event,
    ...(all.length === 0 ? {} : { tags: all }),
    ...(isForbidden ? { policy: { decision: 'violation', policies: ['Board only'] } } : {}),
  }
}
