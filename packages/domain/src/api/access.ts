import * as z from 'zod'
import { passwordCharactersMin } from '../password-length.ts'
import { roles } from '../roles.ts'

/**
 * Requests and responses of sign-in, set-up, members, invitations, password resets and API keys: the one source of
 * their types, their validation and their OpenAPI description.
 */
export const accessLimits = {
  emailUnitsMax: 254,
  nameUnitsMax: 200,
  passwordUnitsMax: 256,
  tokenUnitsMax: 128,
  idUnitsMax: 64,
} as const

export type Role = (typeof roles)[number]

export const apiKeyScopes = ['events:write', 'events:read', 'admin'] as const
export type ApiKeyScope = (typeof apiKeyScopes)[number]

/** Control characters, and the marks that turn the direction of text: they make one name look like another. */
const deceptive = /[\p{Cc}\u202A-\u202E\u2066-\u2069]/u

/** A name that people give to something: one line, trimmed, shown to others. */
export const nameSchema = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(accessLimits.nameUnitsMax, `must have at most ${accessLimits.nameUnitsMax} characters`)
  .refine((text) => text.isWellFormed() && !deceptive.test(text), {
    message: 'must not contain control characters or marks that change the direction of text',
  })

/** An e-mail address somebody signs in with; upper and lower case are the same. */
export const emailSchema = z
  .string()
  .trim()
  .toLowerCase()
  .max(accessLimits.emailUnitsMax, `must have at most ${accessLimits.emailUnitsMax} characters`)
  .pipe(z.email('must be an e-mail address'))

/** A password that somebody chooses; the server also refuses common ones. */
const newPasswordSchema = z
  .string()
  .max(accessLimits.passwordUnitsMax, `must have at most ${accessLimits.passwordUnitsMax} characters`)
  .refine((text) => text.isWellFormed(), { message: 'must be Unicode text' })
  .refine((text) => Array.from(text.normalize('NFKC')).length >= passwordCharactersMin, {
    message: `must have at least ${passwordCharactersMin} characters`,
  })

const tokenSchema = z.string().min(1, 'must not be empty').max(accessLimits.tokenUnitsMax)
const timeSchema = z.iso.datetime().describe('RFC 3339, UTC')
const roleSchema = z
  .enum(roles)
  .describe(
    'admin: everything; auditor: reads all events; analyst: reads all queries and their own events; ' +
      'member: reads their own events',
  )
const scopeSchema = z.enum(apiKeyScopes)

/** The `:id` of a path. */
export const idParamsSchema = z.strictObject({ id: z.string().min(1).max(accessLimits.idUnitsMax) })
/** The `:token` of a path. */
export const tokenParamsSchema = z.strictObject({ token: tokenSchema })

/** Who made something. An API key has no e-mail. */
export const creatorSchema = z.strictObject({ name: z.string(), email: z.string().optional() })

export const signInRequestSchema = z.strictObject({
  email: emailSchema,
  password: z.string().min(1, 'must not be empty').max(accessLimits.passwordUnitsMax),
})

export const sessionSchema = z.strictObject({
  user: z.strictObject({ id: z.string(), name: z.string(), email: z.string(), role: roleSchema }),
  workspace: z.strictObject({ id: z.string(), name: z.string() }),
})

export const setupStateSchema = z.strictObject({ needed: z.boolean() })
export const setupRequestSchema = z.strictObject({
  token: tokenSchema,
  name: nameSchema,
  email: emailSchema,
  password: newPasswordSchema,
})
/** The answer to everything that signs somebody in beside. */
export const signedInAsSchema = z.strictObject({ email: z.string() })

export const memberSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: roleSchema,
  createdAt: timeSchema,
  lastSignInAt: timeSchema.optional(),
})
export const invitationSchema = z.strictObject({
  id: z.string(),
  email: z.string(),
  role: roleSchema,
  createdAt: timeSchema,
  expiresAt: timeSchema,
})
export const memberListSchema = z.strictObject({
  members: z.array(memberSchema),
  invitations: z.array(invitationSchema),
})
export const inviteRequestSchema = z.strictObject({ email: emailSchema, role: roleSchema })
export const inviteResponseSchema = z.strictObject({
  invitation: invitationSchema,
  link: z.string().describe('Shown once: whoever has it can join'),
})
export const roleChangeRequestSchema = z.strictObject({ role: roleSchema })
export const memberResponseSchema = z.strictObject({ member: memberSchema })

export const openInvitationSchema = z.strictObject({
  email: z.string(),
  role: roleSchema,
  workspace: z.strictObject({ name: z.string() }),
})
export const acceptInvitationRequestSchema = z.strictObject({
  name: nameSchema,
  password: newPasswordSchema,
})

export const openPasswordResetSchema = z.strictObject({ email: z.string() })
export const passwordResetRequestSchema = z.strictObject({ password: newPasswordSchema })

export const accountSessionSchema = z.strictObject({
  current: z.boolean().describe('The session of this call'),
  beganAt: timeSchema,
  prolongedAt: timeSchema.describe('A session that is in use is prolonged once a day'),
  userAgent: z.string().optional(),
})
export const accountSessionsSchema = z.strictObject({ sessions: z.array(accountSessionSchema) })
export const endedSessionsSchema = z.strictObject({ ended: z.int().describe('How many there were') })
export const changePasswordRequestSchema = z.strictObject({
  currentPassword: z.string().min(1, 'must not be empty').max(accessLimits.passwordUnitsMax),
  password: newPasswordSchema.describe('The new one'),
})

export const apiKeySchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  scopes: z.array(scopeSchema),
  prefix: z.string().describe('How the key begins: enough to recognise it'),
  createdAt: timeSchema,
  createdBy: creatorSchema,
  lastUsedAt: timeSchema.optional().describe('To the minute'),
  revokedAt: timeSchema.optional(),
})
export const apiKeyListSchema = z.strictObject({ keys: z.array(apiKeySchema) })
export const createApiKeyRequestSchema = z.strictObject({
  name: nameSchema,
  scopes: z
    .array(scopeSchema)
    .min(1, 'must name at least one scope')
    .max(apiKeyScopes.length, 'must name each scope once')
    .refine((scopes) => new Set(scopes).size === scopes.length, { message: 'must name each scope once' }),
})
export const createApiKeyResponseSchema = z.strictObject({
  key: apiKeySchema,
  secret: z.string().describe('The key itself, shown once'),
})

export type SignInRequest = z.infer<typeof signInRequestSchema>
export type Session = z.infer<typeof sessionSchema>
export type SetupState = z.infer<typeof setupStateSchema>
export type SetupRequest = z.infer<typeof setupRequestSchema>
export type SignedInAs = z.infer<typeof signedInAsSchema>
export type Creator = z.infer<typeof creatorSchema>
export type Member = z.infer<typeof memberSchema>
export type Invitation = z.infer<typeof invitationSchema>
export type MemberList = z.infer<typeof memberListSchema>
export type InviteRequest = z.infer<typeof inviteRequestSchema>
export type InviteResponse = z.infer<typeof inviteResponseSchema>
export type OpenInvitation = z.infer<typeof openInvitationSchema>
export type AcceptInvitationRequest = z.infer<typeof acceptInvitationRequestSchema>
export type OpenPasswordReset = z.infer<typeof openPasswordResetSchema>
export type AccountSession = z.infer<typeof accountSessionSchema>
export type AccountSessions = z.infer<typeof accountSessionsSchema>
export type EndedSessions = z.infer<typeof endedSessionsSchema>
export type ChangePasswordRequest = z.infer<typeof changePasswordRequestSchema>
export type ApiKey = z.infer<typeof apiKeySchema>
export type ApiKeyList = z.infer<typeof apiKeyListSchema>
export type CreateApiKeyRequest = z.infer<typeof createApiKeyRequestSchema>
export type CreateApiKeyResponse = z.infer<typeof createApiKeyResponseSchema>
