import { isAuditError } from '@aleph-audit-log/domain/error'
import { expect, test } from 'vitest'
import { limits } from './limits.ts'
import { createPasswordHasher } from './password-hashing.ts'

test('a password is known again, however its letters were composed, and no other is', async () => {
  const { hash, verify } = createPasswordHasher()
  const kept = await hash('caf\u00e9 au lait 12')
  expect(kept).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$/)
  expect(await verify({ hash: kept, password: 'cafe\u0301 au lait 12' })).toBe(true)
  expect(await verify({ hash: kept, password: 'cafe au lait 12' })).toBe(false)
  expect(await hash('caf\u00e9 au lait 12')).not.toBe(kept)
})

test('more sign-ins at a time than may wait are refused, and the others go on', async () => {
  const { verify } = createPasswordHasher()
  // A hash of the least cost: what counts here is the queue.
  const cheap = '$scrypt$ln=5,r=1,p=1$AAAA$AAAAAAAAAAAAAAAAAAAAAA=='
  const room = limits.passwordHash.concurrentMax + limits.passwordHash.waitingMax
  const answers = await Promise.allSettled(
    Array.from({ length: room + 5 }, () => verify({ hash: cheap, password: 'x' })),
  )
  const refused = answers.filter((answer) => answer.status === 'rejected')
  expect(refused).toHaveLength(5)
  expect(refused.every(({ reason }) => isAuditError(reason, 'overloaded'))).toBe(true)
  expect(await verify({ hash: cheap, password: 'x' })).toBe(false)
})
