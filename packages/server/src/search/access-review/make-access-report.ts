import { createHash } from 'node:crypto'
import { accessReviewLimits } from '@aleph-audit-log/domain/access-review-limits'
import type {
  AccessLine,
  AccessReport,
  AccessReportLine,
  KnownTables,
} from '@aleph-audit-log/domain/api/access-review'
import { splitTablePatterns, tableMatcher } from '@aleph-audit-log/domain/access-review/table-patterns'
import { toCanonicalJson } from '@aleph-audit-log/domain/canonical-json'
import { AuditError } from '@aleph-audit-log/domain/error'
import { timeFromMs } from '@aleph-audit-log/domain/time'
import { requireWholeLog, restrictToViewer } from '../../access/restrict-to-viewer.ts'
import type { Viewer } from '../../access/viewer.ts'
import { readLastReviews, type LastReview } from '../../settings/access-reviews.ts'
import type { Settings } from '../../settings/open-settings.ts'
import type { AccessCount } from '../../store/access-counts.ts'
import type { EventStore } from '../../store/event-store.ts'
import type { RestrictedSearch } from '../../store/restricted-search.ts'
import { resolveSearch } from '../resolve-search.ts'

export type AccessReportDependencies = {
  store: EventStore
  settings: Settings
  now: () => number
  retentionDays: number
  windowDays: number
}

export type AccessReportRequest = { tables: string; from?: string | undefined; to?: string | undefined }

/**
 * Who read or wrote the tables in the period, with what was decided of them last. Everything that the log holds of it is
 * counted, what machines send by themselves too. Errors: `forbidden` for who does not see the whole log, `invalid`
 * (range, tables), `too_large` where there is more than one can review at a time: nothing is ever cut.
 */
export async function makeAccessReport(
  deps: AccessReportDependencies,
  viewer: Viewer,
  request: AccessReportRequest,
  signal?: AbortSignal,
): Promise<AccessReport> {
  requireWholeLog(viewer)
  const patterns = readPatterns(request.tables)
  const search = restrict(deps, viewer, request)
  const tables = await findTables(deps.store, search, patterns, signal)
  const { lines, total } = await deps.store.countAccess(
    search,
    { tables, linesMax: accessReviewLimits.linesMax, valuesMax: accessReviewLimits.throughMax },
    { signal },
  )
  if (total > accessReviewLimits.linesMax) {
    throw tooLarge(
      `${total} lines, one for each table and person, are more than the ${accessReviewLimits.linesMax} ` +
        'that can be reviewed at a time. Choose fewer tables, or a shorter period.',
    )
  }
  const counted = lines.map(toLine)
  const { from, before: to } = search
  const reviews = await readLastReviews(deps.settings, viewer, tables)
  return {
    patterns,
    tables,
    from,
    to,
    hash: hashOf({ patterns, to, tables, lines: counted }),
    lines: counted.map((line) => withPrevious(line, reviews.get(line.table))),
  }
}

/** The tables of the log that can be reviewed, to choose from. Errors: `forbidden`. */
export async function listKnownTables(
  deps: AccessReportDependencies,
  viewer: Viewer,
  signal?: AbortSignal,
): Promise<KnownTables> {
  requireWholeLog(viewer)
  const search = restrict(deps, viewer, { from: '0001-01-01' })
  const facet = await deps.store.countByField(search, 'table', accessReviewLimits.knownTablesMax, { signal })
  return { tables: facet.values.map(({ value }) => value), isComplete: facet.other === 0 }
}

function readPatterns(text: string): string[] {
  const patterns = splitTablePatterns(text)
  const bad = (message: string): AuditError =>
    new AuditError('invalid', 'The tables cannot be read.', { problems: [{ path: 'tables', message }] })
  if (patterns === undefined) throw bad('has a quote that is not closed, or one inside of a name')
  if (patterns.length === 0) throw bad('must name a table')
  if (patterns.length > accessReviewLimits.patternsMax) {
    throw bad(`must have at most ${accessReviewLimits.patternsMax} names and patterns`)
  }
  return patterns
}

/** Without an end the report ends now: what is signed must not grow. */
function restrict(
  deps: AccessReportDependencies,
  viewer: Viewer,
  { from, to }: Omit<AccessReportRequest, 'tables'>,
): RestrictedSearch {
  const nowMs = deps.now()
  const search = resolveSearch({ from, to: to ?? timeFromMs(nowMs) }, nowMs, deps.windowDays)
  const keptFrom = timeFromMs(nowMs - deps.retentionDays * 86_400_000)
  return restrictToViewer(viewer, search, keptFrom)
}

/** The tables that are meant, among all that were touched in the period; by name. */
async function findTables(
  store: EventStore,
  search: RestrictedSearch,
  patterns: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const isMeant = tableMatcher(patterns)
  const { values } = await store.countByField(search, 'table', touchedTablesMax, { signal })
  if (values.length === touchedTablesMax) {
    throw tooLarge(
      `${touchedTablesMax} tables and more were used in the period: too many to look through. Choose a shorter one.`,
    )
  }
  const tables = values.map(({ value }) => value).filter(isMeant)
  if (tables.length > accessReviewLimits.tablesMax) {
    throw tooLarge(
      `${tables.length} tables are meant, more than the ${accessReviewLimits.tablesMax} of one review. ` +
        'Name fewer.',
    )
  }
  return tables.sort()
}

/** Different tables in the period of a report. */
const touchedTablesMax = 100_000

function tooLarge(message: string): AuditError {
  return new AuditError('too_large', message)
}

function toLine({ person, name, email, ...counted }: AccessCount): AccessLine {
  return {
    ...counted,
    person: { id: person, ...(name !== '' && { name }), ...(email !== '' && { email }) },
  }
}

/** What a reviewer has seen, so that they sign this and nothing else. */
function hashOf(report: Pick<AccessReport, 'patterns' | 'to' | 'tables'> & { lines: AccessLine[] }): string {
  return createHash('sha256').update(toCanonicalJson(report)).digest('hex')
}

function withPrevious(line: AccessLine, review: LastReview | undefined): AccessReportLine {
  if (!review) return line
  const decided = review.lines.get(line.person.id)
  return {
    ...line,
    previous: {
      signOffId: review.id,
      signedAt: review.signedAt,
      reviewer: review.reviewer.name,
      to: review.to,
      ...(decided && { decision: decided.decision }),
      ...(decided?.remark !== undefined && { remark: decided.remark }),
    },
  }
}
