/** Who calls the routes in the tests of permissions, and what groups of them are answered. */
export const people = ['member', 'analyst', 'auditor', 'admin'] as const
const keys = ['key events:write', 'key events:read', 'key admin'] as const
export const callers = ['nobody', ...people, ...keys] as const
export type Who = (typeof callers)[number]
export type Expected = Record<Who, number>

export const everybody = (status: number): Expected => ({
  nobody: status,
  member: status,
  analyst: status,
  auditor: status,
  admin: status,
  'key events:write': status,
  'key events:read': status,
  'key admin': status,
})
export const readers = (status: number): Expected => ({
  nobody: 401,
  member: status,
  analyst: status,
  auditor: status,
  admin: status,
  'key events:write': 403,
  'key events:read': status,
  'key admin': 403,
})
export const writers = (status: number): Expected => ({
  nobody: 401,
  member: 403,
  analyst: 403,
  auditor: 403,
  admin: status,
  'key events:write': status,
  'key events:read': 403,
  'key admin': 403,
})
export const admins = (status: number): Expected => ({
  nobody: 401,
  member: 403,
  analyst: 403,
  auditor: 403,
  admin: status,
  'key events:write': 403,
  'key events:read': 403,
  'key admin': status,
})
/** Auditors see who is behind logins, but change nothing. */
export const directoryReaders = (status: number): Expected => ({ ...admins(status), auditor: status })
export const signedIn = (status: number): Expected => ({
  nobody: 401,
  member: status,
  analyst: status,
  auditor: status,
  admin: status,
  'key events:write': 401,
  'key events:read': 401,
  'key admin': 401,
})
/** What somebody else shared is an admin's to change, and a key is nobody. */
export const signedInAdmins = (status: number): Expected => ({
  ...signedIn(403),
  admin: status,
})
/** Even an admin is not at the server's own terminal. */
export const operator: Expected = { ...everybody(403), nobody: 401 }
/** Who sees the whole log. */
export const wholeLogReaders = (status: number): Expected => ({
  ...readers(status),
  member: 403,
  analyst: 403,
})
/** A review is signed by a person. */
export const reviewers = (status: number): Expected => ({
  ...wholeLogReaders(status),
  'key events:read': 403,
})
/** What is done with an alert is decided by a person who sees the whole log. */
export const alertKeepers = (status: number): Expected => ({
  ...signedIn(403),
  auditor: status,
  admin: status,
})
