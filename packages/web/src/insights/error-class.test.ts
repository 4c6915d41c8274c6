import { expect, it } from 'vitest'
import { errorClassOf } from './error-class.ts'

it('says in words what the codes of databases mean, and nothing of codes that it does not know', () => {
  expect(['42501', '42P01', '22012', '57014', 'ER_DUP', '', undefined].map(errorClassOf)).toEqual([
    'Permission denied',
    'No such table',
    'Bad value',
    'Cancelled or timed out',
    undefined,
    undefined,
    undefined,
  ])
})
