import { describe, expect, it } from 'vitest'
import { ApiError, readApiError } from '../api/api-error.ts'
import { wordsForField, wordsForProblem } from './words-for-problem.ts'

function problem(status: number, body: unknown, headers: Record<string, string> = {}): Promise<ApiError> {
  return readApiError(new Response(JSON.stringify(body), { status, headers }))
}

describe('the words for an error', () => {
  it('are those of the server where it said something', async () => {
    const error = await problem(409, { code: 'conflict', detail: 'The last admin cannot be removed.' })
    expect(wordsForProblem(error)).toEqual({
      title: 'That did not work',
      detail: 'The last admin cannot be removed.',
    })
  })

  it('name the fields that are wrong, as sentences', async () => {
    const error = await problem(400, {
      code: 'invalid',
      errors: [
        { path: 'q', message: 'This parenthesis closes nothing.' },
        { path: 'settings.path', message: 'cannot be read' },
      ],
    })
    expect(wordsForProblem(error).detail).toBe(
      'This parenthesis closes nothing. settings.path: cannot be read.',
    )
    expect(wordsForField(error, 'settings.path')).toBe('Cannot be read')
    expect(wordsForField(error, 'name')).toBeUndefined()
  })

  it('tell how long to wait', async () => {
    const error = await problem(
      503,
      { code: 'overloaded', detail: 'The journal is full.' },
      { 'retry-after': '7' },
    )
    expect(wordsForProblem(error).detail).toBe('The journal is full. Try again in 7 seconds.')
  })

  it('never show what a bug or a proxy said', async () => {
    const bug = await problem(500, { detail: 'TypeError: x is undefined' })
    expect(wordsForProblem(bug).detail).not.toContain('TypeError')
    const proxy = await readApiError(new Response('<html>Bad gateway</html>', { status: 502 }))
    expect(proxy.code).toBe('unavailable')
    expect(wordsForProblem(new TypeError('boom')).detail).not.toContain('boom')
  })

  it('understand the sign-in, whose errors have codes of their own', async () => {
    const error = await problem(401, {
      code: 'INVALID_EMAIL_OR_PASSWORD',
      message: 'Invalid email or password',
    })
    expect(error.code).toBe('unauthenticated')
  })

  it('exist for a server that does not answer', () => {
    expect(wordsForProblem(new ApiError('unreachable')).title).toBe('The server does not answer')
  })
})
