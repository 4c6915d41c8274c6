import { randomUUID } from 'node:crypto'

/**
 * A UUID of version 7 (RFC 9562, section 5.7): begins with the time, so that new ids lie together. The random rest is
 * that of a UUID of version 4, which Node makes from a stock of random bytes: twenty times as fast as asking for some.
 */
export function createEventId(nowMs: number): string {
  const time = nowMs.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`
}

/** A UUID of version 8 (section 5.8) made of a hash, for events whose id follows from what they tell. */
export function idFromHash(hexHash: string): string {
  const bytes = Buffer.from(hexHash.slice(0, 32), 'hex')
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return formatUuid(bytes)
}

function formatUuid(bytes: Buffer): string {
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
