import type { PasswordCost } from '../password-hashing.ts'

/** For tests that sign in by the hundred and are not about how strong the hashes are: the least that scrypt takes. */
export const cheapPasswords: PasswordCost = { log2N: 4, r: 1, p: 1 }
