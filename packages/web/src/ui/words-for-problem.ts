import type { ApiErrorCode } from '../api/api-error.ts'
import { isApiError } from '../api/api-error.ts'

export type ProblemWords = { title: string; detail: string }

const wordsByCode: Record<ApiErrorCode, ProblemWords> = {
  invalid: { title: 'That is not valid', detail: 'Check what you entered and try again.' },
  unauthenticated: { title: 'You are signed out', detail: 'Sign in again to go on.' },
  forbidden: {
    title: 'You may not do this',
    detail: 'Your role does not allow it. Ask an admin of the workspace.',
  },
  not_found: { title: 'Not found', detail: 'It does not exist, or it is no longer there.' },
  conflict: { title: 'That did not work', detail: 'It conflicts with what is already there.' },
  too_large: { title: 'Too large', detail: 'The server does not take that much at once.' },
  unsupported_media_type: {
    title: 'The server did not understand',
    detail: 'Reload the page: it may be older than the server.',
  },
  rate_limited: { title: 'Too many attempts', detail: 'Wait a moment, then try again.' },
  overloaded: { title: 'The server is busy', detail: 'Nothing is lost. Try again in a moment.' },
  unavailable: { title: 'The server is not available', detail: 'It may be starting. Try again in a moment.' },
  storage_full: {
    title: "The server's disk is full",
    detail: 'Nothing more can be recorded until the operator makes room.',
  },
  internal: { title: 'Something went wrong', detail: "The server's log says what. Try again." },
  unreachable: {
    title: 'The server does not answer',
    detail: 'Check your connection, or whether the server is running.',
  },
}

/**
 * The only place that turns an error into words for a person. What the server said about the case at hand goes before
 * the general words; anything that is no ApiError is a bug of this page and shown as such.
 */
export function wordsForProblem(error: unknown): ProblemWords {
  if (!isApiError(error)) {
    return { title: 'Something went wrong', detail: 'This page made a mistake. Reload it and try again.' }
  }
  const words = wordsByCode[error.code]
  const said = error.problems.length > 0 ? sayProblems(error.problems) : error.detail
  const wait =
    error.retryAfterSeconds === undefined || error.retryAfterSeconds <= 0
      ? ''
      : ` Try again in ${error.retryAfterSeconds === 1 ? 'a second' : `${error.retryAfterSeconds} seconds`}.`
  return { title: words.title, detail: `${said ?? words.detail}${said === undefined ? '' : wait}` }
}

function sayProblems(problems: readonly { path: string; message: string }[]): string {
  return problems
    .map(({ path, message }) => {
      const sentence = path === '' || path === 'q' ? message : `${path}: ${message}`
      return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`
    })
    .join(' ')
}

/** What the server said about one field (`settings.path`), to stand under its input. */
export function wordsForField(error: unknown, path: string): string | undefined {
  if (!isApiError(error)) return undefined
  const problem = error.problems.find(
    (problem) => problem.path === path || problem.path.startsWith(`${path}[`),
  )
  if (problem === undefined) return undefined
  return problem.message.charAt(0).toUpperCase() + problem.message.slice(1)
}
