import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { AuditError } from '@aleph-audit-log/domain/error'
import { limits } from './limits.ts'

/**
 * scrypt (RFC 7914) with N=2^15, r=8, p=3: one of the settings that OWASP's password storage cheat sheet names as
 * equally strong minimums, 32 MiB and about 0.1 s. better-auth's own (N=2^14, r=16, p=1) does a third of that work.
 */
const strongCost = { log2N: 15, r: 8, p: 3 } as const

const keyBytes = 32
const saltBytes = 16

/** Of scrypt: N = 2^log2N. Memory in bytes is 128 N r, and time in proportion to N r p. */
export type PasswordCost = { log2N: number; r: number; p: number }

/** `$scrypt$ln=15,r=8,p=3$<salt>$<key>`, both base64: the cost stands with each hash, so that it can be raised. */
const stored = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+)$/

export type PasswordHasher = {
  /** A password as it is kept. */
  hash: (password: string) => Promise<string>
  verify: (attempt: { hash: string; password: string }) => Promise<boolean>
}

/**
 * Hashes passwords, a few at a time: each needs memory and a thread, and sign-ins must not starve the rest.
 * Both functions throw AuditError('overloaded') when too many are waiting. `cost` is that of new hashes.
 */
export function createPasswordHasher(cost: PasswordCost = strongCost): PasswordHasher {
  const gate = createGate()
  return {
    hash: (password) =>
      gate(async () => {
        const salt = randomBytes(saltBytes)
        const key = await derive(password, salt, cost, keyBytes)
        const parameters = `ln=${cost.log2N},r=${cost.r},p=${cost.p}`
        return `$scrypt$${parameters}$${salt.toString('base64')}$${key.toString('base64')}`
      }),
    verify: ({ hash, password }) =>
      gate(async () => {
        const [, log2N, r, p, salt = '', key = ''] = stored.exec(hash) ?? []
        if (log2N === undefined) throw new Error('A stored password hash has an unknown form.')
        const expected = Buffer.from(key, 'base64')
        const parameters = { log2N: Number(log2N), r: Number(r), p: Number(p) }
        const actual = await derive(password, Buffer.from(salt, 'base64'), parameters, expected.length)
        return timingSafeEqual(actual, expected)
      }),
  }
}

/** The same password typed on another keyboard may be other code points: NFKC makes them one (NIST SP 800-63B). */
function derive(
  password: string,
  salt: Buffer,
  { log2N, r, p }: PasswordCost,
  length: number,
): Promise<Buffer> {
  const N = 2 ** log2N
  const maxmem = 128 * N * r * 2
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, length, { N, r, p, maxmem }, (error, key) => {
      if (error) reject(error)
      else resolve(key)
    })
  })
}

function createGate(): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (work) => {
    if (running >= limits.passwordHash.concurrentMax) {
      if (waiting.length >= limits.passwordHash.waitingMax) {
        throw new AuditError(
          'overloaded',
          'Too many sign-ins at the same time. Try again in a few seconds.',
          {
            facts: { retryAfterSeconds: 5 },
          },
        )
      }
      // The one that ends hands over its place, so `running` stays.
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else {
      running++
    }
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}
