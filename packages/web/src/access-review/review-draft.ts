import type {
  AccessDecision,
  AccessReport,
  AccessReportLine,
  SignOffRequest,
} from '@aleph-audit-log/domain/api/access-review'
import { useLocalStorage } from '@mantine/hooks'
import { useCallback, useMemo } from 'react'
import type { ReviewQuestion } from '../api/access-review.ts'

/** What was decided of a line, and what had been counted then: with other counts it is to be decided anew. */
export type DraftEntry = { decision?: AccessDecision; remark?: string; seen: string }
/** By `lineKey`. */
export type Draft = Readonly<Record<string, DraftEntry>>
/** With the review that each is of; the one that was changed last comes first. */
type Drafts = (readonly [review: string, draft: Draft])[]

/** Reviews that are begun and not signed; of more, the one that was left alone the longest is forgotten. */
const draftsMax = 10

export function lineKey({ table, person }: Pick<AccessReportLine, 'table' | 'person'>): string {
  return JSON.stringify([table, person.id])
}

function seenOf({ count, reads, writes, lastAt }: AccessReportLine): string {
  return [count, reads, writes, lastAt].join(' ')
}

/** The draft with another decision or remark of a line. */
export function withEntry(
  draft: Draft,
  line: AccessReportLine,
  change: { decision?: AccessDecision; remark?: string },
): Draft {
  const before = entryOf(draft, line)
  return { ...draft, [lineKey(line)]: { ...before, ...change, seen: seenOf(line) } }
}

/** What the draft says of a line; a decision that was made with other counts is none. */
export function entryOf(draft: Draft, line: AccessReportLine): Omit<DraftEntry, 'seen'> {
  const entry = draft[lineKey(line)]
  if (entry === undefined) return {}
  const { decision, remark } = entry
  return {
    ...(decision !== undefined && entry.seen === seenOf(line) && { decision }),
    ...(remark !== undefined && { remark }),
  }
}

/** How many lines of the report are decided. */
export function countDecided(draft: Draft, { lines }: Pick<AccessReport, 'lines'>): number {
  return lines.filter((line) => entryOf(draft, line).decision !== undefined).length
}

/** What is sent to sign the report; undefined while a line has no decision. */
export function toSignOffRequest(
  draft: Draft,
  question: ReviewQuestion,
  { hash, lines }: AccessReport,
  remark: string,
): SignOffRequest | undefined {
  const decided = lines.flatMap((line) => {
    const { decision, remark: said = '' } = entryOf(draft, line)
    if (decision === undefined) return []
    const text = said.trim()
    return [{ table: line.table, person: line.person.id, decision, ...(text !== '' && { remark: text }) }]
  })
  if (decided.length < lines.length) return undefined
  return { ...question, hash, lines: decided, ...(remark.trim() !== '' && { remark: remark.trim() }) }
}

/**
 * The draft of one review, kept in this browser until it is signed: what somebody has decided survives a closed tab, and
 * nobody else sees it.
 */
export function useReviewDraft(
  userId: string,
  question: ReviewQuestion | undefined,
): { draft: Draft; change: (make: (draft: Draft) => Draft) => void; forget: () => void } {
  const [drafts, setDrafts] = useLocalStorage<Drafts>({
    key: `audit-access-reviews-${userId}`,
    defaultValue: [],
    getInitialValueInEffect: false,
    deserialize: readDrafts,
  })
  const key = question === undefined ? '' : JSON.stringify([question.tables, question.from, question.to])
  const draft = useMemo(() => drafts.find(([name]) => name === key)?.[1] ?? {}, [drafts, key])
  const change = useCallback(
    (make: (draft: Draft) => Draft) =>
      setDrafts((all) => {
        const others = all.filter(([name]) => name !== key)
        const changed = make(all.find(([name]) => name === key)?.[1] ?? {})
        return [[key, changed] as const, ...others].slice(0, draftsMax)
      }),
    [setDrafts, key],
  )
  const forget = useCallback(() => setDrafts((all) => all.filter(([name]) => name !== key)), [setDrafts, key])
  return { draft, change, forget }
}

/** Reads what stands in the browser's store; what is not as it was written is left out. */
export function readDrafts(text: string | undefined): Drafts {
  let stored: unknown
  try {
    stored = JSON.parse(text ?? '[]')
  } catch {
    // Somebody else wrote there: nothing of ours is lost.
    return []
  }
  if (!Array.isArray(stored)) return []
  return stored.flatMap((pair: unknown): Drafts => {
    if (!Array.isArray(pair)) return []
    const [review, draft]: unknown[] = pair
    return typeof review === 'string' && isObject(draft) ? [[review, readDraft(draft)]] : []
  })
}

function readDraft(stored: object): Draft {
  const entries = Object.entries(stored).flatMap(
    ([key, entry]: [string, unknown]): [string, DraftEntry][] => {
      if (!isObject(entry) || !('seen' in entry) || typeof entry.seen !== 'string') return []
      const decision = 'decision' in entry ? decisions.find((one) => one === entry.decision) : undefined
      const remark = 'remark' in entry && typeof entry.remark === 'string' ? entry.remark : undefined
      return [
        [
          key,
          {
            seen: entry.seen,
            ...(decision !== undefined && { decision }),
            ...(remark !== undefined && { remark }),
          },
        ],
      ]
    },
  )
  return Object.fromEntries(entries)
}

const decisions: readonly AccessDecision[] = ['keep', 'revoke', 'ask']

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
