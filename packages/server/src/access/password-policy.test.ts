import { isAuditError } from '@aleph-audit-log/domain/error'
import { expect, test } from 'vitest'
import { refuseWeakPassword } from './password-policy.ts'

const ann = { email: 'ann.lee@acme.test', name: 'Ann Lee' }

test.each([
  ['password1234', 'common'],
  ['Password2026!!', 'common'],
  ['p@ssw0rd-1234', 'common'],
  ['!!!!Sunshine!!!!', 'common'],
  ['passwordpassword', 'repetition'],
  ['abcdabcdabcd', 'different'],
  ['abcdefabcdef', 'repetition'],
  ['aaaaaaaaaaaab', 'different'],
  ['123456789012', 'row'],
  ['qwertyuiopas', 'row'],
  ['ann.lee@acme.test', 'name'],
  ['AnnLee20261122', 'name'],
  ['eelnna123456', 'name'],
  ['correcthorsebatterystaple', 'common'],
])('%s is refused', async (password, reason) => {
  const error: unknown = await refuseWeakPassword(password, ann).catch((thrown: unknown) => thrown)
  if (!isAuditError(error, 'invalid')) throw new Error(`was accepted: ${password}`)
  expect(error.problems).toEqual([{ path: 'password', message: expect.stringContaining(reason) }])
  expect(error.message).not.toContain(password)
})

test.each([
  'violet-kettle-orbit-92',
  'Tr7!kvQz0pLmX',
  'ünder dem Tisch liegt Käse',
  '東京タワーの下で猫が寝ている',
])('%s is accepted', async (password) => {
  await expect(refuseWeakPassword(password, ann)).resolves.toBeUndefined()
})
