import type { AuditEvent, EventData, Json } from '../event.ts'
import { matchPattern, type CommentPattern } from './comment-pattern.ts'
import { readEndComments, type EndComments } from './end-comments.ts'
import { readJsonObject, readerOf } from './read-json-object.ts'
import { readTagObject, readToolComment } from './read-tool-comment.ts'
import {
  claimLimits,
  makeClaim,
  readEmail,
  readFlag,
  readLink,
  readValue,
  type ReadClaim,
  type ToolClaim,
} from './tool-claim.ts'

/** How the comments of a login are read whose form only an admin knows. */
export type OwnForm = { tool: string; pattern: CommentPattern }

/**
 * Everything that tools say about an event: in the comments at both ends of its SQL, in the tag of its session or job.
 * What stands where the tool puts it comes first. Never throws; every value is bounded and one line of text.
 */
export function readClaims({ data }: Pick<AuditEvent, 'data'>, ownForm?: OwnForm): ToolClaim[] {
  if (data === undefined) return []
  const { sql, dialect } = data
  const claims =
    typeof sql === 'string'
      ? claimsOfComments(readEndComments(sql, typeof dialect === 'string' ? dialect : undefined), ownForm)
      : []
  const tag = readTag(data)
  // Statements cannot move a tag out of the way, as they can with a comment; but many databases let them write it.
  if (tag !== undefined) claims.push({ ...tag, isOutermost: claims.length === 0 })
  return claims.sort((a, b) => Number(b.isOutermost) - Number(a.isOutermost))
}

function claimsOfComments({ leading, trailing }: EndComments, ownForm: OwnForm | undefined): ToolClaim[] {
  const claims: ToolClaim[] = []
  const add = (comment: string, end: 'leading' | 'trailing', isFirst: boolean): void => {
    const own = ownForm === undefined ? undefined : readByPattern(comment, ownForm)
    if (own !== undefined) claims.push({ ...own, isOutermost: isFirst })
    const known = readToolComment(comment)
    if (known === undefined) return
    claims.push({ ...known.claim, isOutermost: isFirst && (known.end === end || known.end === 'either') })
  }
  for (const [i, comment] of leading.entries()) add(comment, 'leading', i === 0)
  for (const [i, comment] of trailing.toReversed().entries()) add(comment, 'trailing', i === 0)
  return claims
}

function readByPattern(comment: string, { tool, pattern }: OwnForm): ReadClaim | undefined {
  if (comment.length > claimLimits.commentUnitsMax) return undefined
  const groups = matchPattern(pattern, comment.trim())
  if (groups === undefined) return undefined
  const name = readValue(groups.get('name'))
  const email = readEmail(groups.get('email')) ?? readEmail(name)
  return makeClaim(
    'pattern',
    tool,
    { name: email === name ? undefined : name, email, id: readValue(groups.get('id')) },
    {
      dashboard: readValue(groups.get('dashboard')),
      question: readValue(groups.get('question')),
      query: readValue(groups.get('query')),
      link: readLink(groups.get('link')),
      scheduled: readFlag(groups.get('scheduled')),
    },
  )
}

/** Snowflake's QUERY_TAG, BigQuery's labels, ClickHouse's log_comment. */
function readTag({ queryTag, labels, logComment }: EventData): ReadClaim | undefined {
  return readTagValue(queryTag) ?? readLabels(labels) ?? readTagValue(logComment)
}

function readTagValue(value: Json | undefined): ReadClaim | undefined {
  if (typeof value !== 'string') {
    const get = readerOf(value)
    return get === undefined ? undefined : readTagObject(get)
  }
  const known = readToolComment(value)?.claim
  if (known !== undefined) return known
  const get = readJsonObject(value)
  return get === undefined ? undefined : readTagObject(get)
}

const labelsMax = 64

/** An object, or a list of `{key, value}` as BigQuery's own log has it. */
function readLabels(labels: Json | undefined): ReadClaim | undefined {
  if (!Array.isArray(labels)) return readTagValue(labels)
  const found = new Map<string, Json>()
  for (const label of labels.slice(0, labelsMax)) {
    const get = readerOf(label)
    const key = get?.('key')
    const value = get?.('value')
    if (typeof key === 'string' && typeof value === 'string' && !found.has(key)) found.set(key, value)
  }
  return readTagObject((key) => found.get(key))
}
