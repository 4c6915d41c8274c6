import type { Actor } from '@aleph-audit-log/domain/event'

/** By what somebody is known over all their events, and found by `actor:`: the e-mail, else the id, else the name. */
export function personIdOf({ email, id, name }: Actor): string {
  return email?.toLowerCase() || id || name || ''
}
