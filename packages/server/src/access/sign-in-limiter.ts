import { toIpKey } from '@aleph-audit-log/domain/ip'
import { limits } from './limits.ts'

/** Who tries: the address as the front believes it, and the e-mail in lower case. */
export type Attempt = { ip: string; email: string }

export type Refusal = {
  retryAfterSeconds: number
  /** The first in its window: the one worth an event. */
  first: boolean
}

export type SignInLimiter = {
  /** Counts an attempt as failed before the password is looked at, so that many at once do not slip through. */
  take: (attempt: Attempt) => Refusal | undefined
  /** Takes back the count of an attempt that was right, and the failures of this person before it. */
  succeed: (attempt: Attempt) => void
}

type Window = { startMs: number; failures: number; refusals: number }

/**
 * Limits failed sign-ins by e-mail and by address, in memory: a restart forgives, and another node counts its own.
 * Each table is bounded; a full one forgets its oldest window, and to make it forget one's own window one needs
 * thousands of addresses.
 */
export function createSignInLimiter(now: () => number): SignInLimiter {
  const tables = [
    { windows: new Map<string, Window>(), max: limits.signIn.failuresOfEmailAtAddressMax, keyOf: bothKeys },
    { windows: new Map<string, Window>(), max: limits.signIn.failuresOfEmailMax, keyOf: emailKey },
    { windows: new Map<string, Window>(), max: limits.signIn.failuresOfAddressMax, keyOf: addressKey },
  ]
  return {
    take: (attempt) => {
      const nowMs = now()
      const found = tables.map(({ windows, max, keyOf }) => ({
        window: openWindow(windows, keyOf(attempt), nowMs),
        max,
      }))
      const full = found.find(({ window, max }) => window.failures >= max)
      if (!full) {
        for (const { window } of found) window.failures++
        return undefined
      }
      full.window.refusals++
      const waitMs = full.window.startMs + limits.signIn.windowMs - nowMs
      return { retryAfterSeconds: Math.ceil(waitMs / 1000), first: full.window.refusals === 1 }
    },
    succeed: (attempt) => {
      const [both, email, address] = tables
      both?.windows.delete(bothKeys(attempt))
      email?.windows.delete(emailKey(attempt))
      // Only its own count: somebody's right password must not forgive what others at the address did.
      const window = address?.windows.get(addressKey(attempt))
      if (window && window.failures > 0) window.failures--
    },
  }
}

/** Windows begin with their first failure and all last as long, so the map's own order is the order of their ends. */
function openWindow(windows: Map<string, Window>, key: string, nowMs: number): Window {
  const found = windows.get(key)
  if (found && nowMs < found.startMs + limits.signIn.windowMs) return found
  windows.delete(key)
  const oldest = windows.keys().next()
  if (windows.size >= limits.signIn.entriesMax && !oldest.done) windows.delete(oldest.value)
  const window = { startMs: nowMs, failures: 0, refusals: 0 }
  windows.set(key, window)
  return window
}

function bothKeys(attempt: Attempt): string {
  return `${addressKey(attempt)} ${attempt.email}`
}

function emailKey({ email }: Attempt): string {
  return email
}

/** One customer gets a whole IPv6 /64, so that is one address here. */
function addressKey({ ip }: Attempt): string {
  const key = toIpKey(ip) ?? ip
  const isV4 = key.startsWith('00000000000000000000ffff')
  return isV4 || key.length !== 32 ? key : key.slice(0, 16)
}
