import * as z from 'zod'
import { bindParameterModes } from '../secrets/mask-bind.ts'
import { creatorSchema, emailSchema, nameSchema } from './access.ts'

/** Requests and responses of integrations and of a workspace's settings: the one source of their types, validation and OpenAPI description. */
const settingsLimits = {
  pathUnitsMax: 4096,
  loginUnitsMax: 128,
  loginsMax: 1000,
} as const

export const integrationKinds = ['postgres_log'] as const
export type IntegrationKind = (typeof integrationKinds)[number]

export const integrationStates = ['starting', 'running', 'waiting', 'failed'] as const
export type IntegrationState = (typeof integrationStates)[number]

const timeSchema = z.iso.datetime().describe('RFC 3339, UTC')

/** `/var/lib/postgresql/18/main` or `C:\Program Files\PostgreSQL\18\data`. */
const absolutePath = /^(?:\/|[A-Za-z]:[\\/])/

/** The person who alone uses a login of the database. */
const loginSchema = z
  .strictObject({
    login: z.string().min(1, 'must not be empty').max(settingsLimits.loginUnitsMax),
    name: nameSchema.optional(),
    email: emailSchema.optional(),
  })
  .refine((login) => login.name !== undefined || login.email !== undefined, {
    message: 'needs a name or an email',
  })

const loginsSchema = z
  .array(loginSchema)
  .max(settingsLimits.loginsMax)
  .superRefine((logins, context) => {
    const seen = new Set<string>()
    for (const [index, { login }] of logins.entries()) {
      if (seen.has(login)) {
        context.addIssue({ code: 'custom', path: [index, 'login'], message: 'stands in the list twice' })
      }
      seen.add(login)
    }
  })

export const postgresLogSettingsSchema = z.strictObject({
  path: z
    .string()
    .max(settingsLimits.pathUnitsMax)
    .regex(absolutePath, 'must be an absolute path')
    .refine((path) => path.isWellFormed() && !path.includes('\0'), { message: 'must be a path' })
    .describe("PostgreSQL's data directory, its log folder, or one jsonlog file, on the server's machine"),
  bindParameters: z
    .enum(['types', 'full'])
    .default('types')
    .describe('Whether the values of bind parameters are kept, or only their types'),
  logins: loginsSchema.default([]).describe('Who is behind a login'),
})

export const integrationStatusSchema = z.strictObject({
  state: z.enum(integrationStates),
  message: z.string().optional(),
  lastEventAt: timeSchema.optional(),
  linesRead: z.number(),
  eventsRecorded: z.number(),
  gaps: z.number(),
})

/** What is kept about an integration; its state is known to what captures. */
export const integrationConfigurationSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(integrationKinds),
  name: z.string(),
  createdAt: timeSchema,
  createdBy: creatorSchema,
  settings: postgresLogSettingsSchema,
})
export const integrationSchema = integrationConfigurationSchema.extend({ status: integrationStatusSchema })

export const integrationListSchema = z.strictObject({ integrations: z.array(integrationSchema) })
export const integrationResponseSchema = z.strictObject({ integration: integrationSchema })
export const createIntegrationRequestSchema = z.strictObject({
  kind: z.enum(integrationKinds),
  name: nameSchema,
  settings: postgresLogSettingsSchema,
})
/** `settings` replaces all of the old settings. */
export const changeIntegrationRequestSchema = z
  .strictObject({ name: nameSchema.optional(), settings: postgresLogSettingsSchema.optional() })
  .refine((change) => change.name !== undefined || change.settings !== undefined, {
    message: 'needs a name or settings',
  })

export const workspaceSettingsSchema = z.strictObject({
  bindParameters: z
    .enum(bindParameterModes)
    .describe(
      'What of bind values (`data.bind`) is recorded: none of them, their types and lengths, all but secrets, or everything',
    ),
})
export const workspaceSettingsResponseSchema = z.strictObject({ settings: workspaceSettingsSchema })
export const changeWorkspaceSettingsRequestSchema = workspaceSettingsSchema
  .partial()
  .refine((change) => change.bindParameters !== undefined, { message: 'needs a setting' })

export type WorkspaceSettings = z.infer<typeof workspaceSettingsSchema>
export type WorkspaceSettingsResponse = z.infer<typeof workspaceSettingsResponseSchema>
export type ChangeWorkspaceSettingsRequest = z.infer<typeof changeWorkspaceSettingsRequestSchema>
export type PostgresLogSettings = z.infer<typeof postgresLogSettingsSchema>
export type IntegrationStatus = z.infer<typeof integrationStatusSchema>
export type IntegrationConfiguration = z.infer<typeof integrationConfigurationSchema>
export type Integration = z.infer<typeof integrationSchema>
export type IntegrationList = z.infer<typeof integrationListSchema>
export type CreateIntegrationRequest = z.infer<typeof createIntegrationRequestSchema>
export type ChangeIntegrationRequest = z.infer<typeof changeIntegrationRequestSchema>
