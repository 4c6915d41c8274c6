import type { Role } from '@aleph-audit-log/domain/api/access'

/** The roles as people read them. */
export const roleNames: Record<Role, string> = {
  admin: 'Admin',
  auditor: 'Auditor',
  analyst: 'Analyst',
  member: 'Member',
}

export const roleMeanings: Record<Role, string> = {
  admin: 'Reads every event and changes everything in Settings.',
  auditor: 'Reads, searches and downloads every event; changes nothing.',
  analyst: 'Reads all queries and their own events.',
  member: 'Reads only their own events.',
}

/** What part of the log the reader has before them; nothing to say where it is the whole. */
export const roleScopes: Record<Role, string | undefined> = {
  admin: undefined,
  auditor: undefined,
  analyst: 'You see only queries and your own events.',
  member: 'You see only your own events.',
}
