import { hash, randomBytes, timingSafeEqual } from 'node:crypto'

/** A fresh secret of 256 random bits as 43 characters that need no escaping in a link. */
export function createSecretToken(): string {
  return randomBytes(32).toString('base64url')
}

/**
 * SHA-256 of a secret in hex: how API keys and one-time tokens are kept. A slow hash would protect nothing more: it
 * is for what people choose and others can guess, and nobody can try 2^256 keys, however fast each try is.
 */
export function hashSecret(secret: string): string {
  return hash('sha256', secret)
}

/** Compares two hashes in hex in a time that does not tell where they differ. */
export function sameHash(left: string, right: string): boolean {
  const a = Buffer.from(left, 'hex')
  const b = Buffer.from(right, 'hex')
  return a.length === b.length && timingSafeEqual(a, b)
}
