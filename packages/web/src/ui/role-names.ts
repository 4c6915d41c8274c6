import type { Role } from '@aleph-audit-log/domain/api/access'

/** The roles as people read them. */
export const roleNames: Record<Role, string> = { admin: 'Admin', auditor: 'Auditor' }

export const roleMeanings: Record<Role, string> = {
  admin: 'Reads the log and changes everything in Settings.',
  auditor: 'Reads, searches and downloads the log; changes nothing.',
}
