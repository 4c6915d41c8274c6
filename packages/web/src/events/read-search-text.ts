import { isAuditError, type Problem } from '@aleph-audit-log/domain/error'
import { namesNoise } from '@aleph-audit-log/domain/filter/names-noise'
import { parseFilter } from '@aleph-audit-log/domain/filter/parse-filter'
import { hasTimeTerm } from '@aleph-audit-log/domain/filter/time-bounds'

/** What the page knows of a search text before the server sees it. */
export type ReadText = {
  problems: readonly Problem[]
  /** A time stands in the text, which replaces the default 30 days. */
  hasTime: boolean
  /** The text itself says what is to become of noise. */
  namesNoise: boolean
}

/** Reads a search text as the server will; its faults are the result, not an exception. */
export function readSearchText(text: string): ReadText {
  try {
    const filter = parseFilter(text)
    return { problems: [], hasTime: hasTimeTerm(filter), namesNoise: namesNoise(filter) }
  } catch (error) {
    if (!isAuditError(error, 'invalid')) throw error
    return { problems: error.problems, hasTime: false, namesNoise: false }
  }
}

/** The text with the piece of a problem replaced by its suggestion. */
export function applySuggestion(text: string, problem: Problem): string {
  if (problem.suggestion === undefined || problem.start === undefined) return text
  return text.slice(0, problem.start) + problem.suggestion + text.slice(problem.end ?? problem.start)
}
