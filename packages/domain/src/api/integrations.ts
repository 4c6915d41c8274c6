import * as z from 'zod'
import { clientTlsModes, serverTlsModes, clientCertificateModes } from '../tls-modes.ts'
import { creatorSchema, emailSchema, nameSchema } from './access.ts'

/** Requests and responses of integrations: the one source of their types, validation and OpenAPI description. */
const integrationLimits = {
  pathUnitsMax: 4096,
  hostUnitsMax: 255,
  loginUnitsMax: 128,
  loginsMax: 1000,
} as const

export const integrationKinds = ['postgres_log', 'postgres_gateway'] as const
export type IntegrationKind = (typeof integrationKinds)[number]

export const integrationStates = ['starting', 'running', 'waiting', 'failed'] as const
export type IntegrationState = (typeof integrationStates)[number]

const timeSchema = z.iso.datetime().describe('RFC 3339, UTC')

/** `/var/lib/postgresql/18/main` or `C:\Program Files\PostgreSQL\18\data`. */
const absolutePath = /^(?:\/|[A-Za-z]:[\\/])/

const pathSchema = z
  .string()
  .max(integrationLimits.pathUnitsMax)
  .regex(absolutePath, 'must be an absolute path')
  .refine((path) => path.isWellFormed() && !path.includes('\0'), { message: 'must be a path' })

/** The person who alone uses a login of the database. */
const loginSchema = z
  .strictObject({
    login: z.string().min(1, 'must not be empty').max(integrationLimits.loginUnitsMax),
    name: nameSchema.optional(),
    email: emailSchema.optional(),
  })
  .refine((login) => login.name !== undefined || login.email !== undefined, {
    message: 'needs a name or an email',
  })

const loginsSchema = z
  .array(loginSchema)
  .max(integrationLimits.loginsMax)
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
  path: pathSchema.describe(
    "PostgreSQL's data directory, its log folder, or one jsonlog file, on the server's machine",
  ),
  bindParameters: z
    .enum(['types', 'full'])
    .default('types')
    .describe('Whether the values of bind parameters are kept, or only their types'),
  logins: loginsSchema.default([]).describe('Who is behind a login'),
  gatewayId: z
    .string()
    .exactOptional()
    .describe(
      'The PostgreSQL gateway in front of the same server: what it has recorded is not recorded again, and sessions that went past it are told',
    ),
})

const hostSchema = z
  .string()
  .min(1, 'must not be empty')
  .max(integrationLimits.hostUnitsMax)
  .regex(/^[^\s\0]*$/, 'must be a host name or an address')

const portSchema = z.int().min(1, 'must be from 1 to 65535').max(65_535, 'must be from 1 to 65535')

export const gatewayModes = ['observe', 'buffer', 'enforce'] as const
export type GatewayMode = (typeof gatewayModes)[number]

export const postgresGatewaySettingsSchema = z
  .strictObject({
    listenHost: hostSchema.default('127.0.0.1').describe('The address on which clients are awaited'),
    listenPort: portSchema.describe('The port on which clients are awaited'),
    serverHost: z
      .union([hostSchema, pathSchema])
      .describe('Host of the PostgreSQL server, or the folder of its unix socket'),
    serverPort: portSchema.default(5432).describe('Port of the PostgreSQL server'),
    clientTls: z.enum(clientTlsModes).default('off').describe('Whether clients may or must use TLS'),
    certificateFile: pathSchema.exactOptional().describe('PEM, what the gateway shows to clients'),
    keyFile: pathSchema.exactOptional().describe('PEM, the private key of the certificate'),
    clientCertificate: z
      .enum(clientCertificateModes)
      .default('none')
      .describe(
        'Whether clients must prove who they are by a certificate: signed by the authorities below (verify-ca), and made out to their login (verify-full)',
      ),
    clientCaFile: pathSchema
      .exactOptional()
      .describe('PEM: who signs the certificates that clients must show'),
    serverTls: z.enum(serverTlsModes).default('off').describe('TLS between the gateway and the server'),
    serverCaFile: pathSchema
      .exactOptional()
      .describe("PEM: who signs the server's certificate; by default the authorities that Node.js knows"),
    mode: z
      .enum(gatewayModes)
      .default('observe')
      .describe(
        'What happens to statements while events cannot be stored: they go on and what is missing is counted (observe), events wait on the disk and statements only when that is full (buffer), or no statement is passed on before it is recorded (enforce)',
      ),
    replication: z
      .enum(['refuse', 'record'])
      .default('refuse')
      .describe('Replication connections: refused, or passed on and recorded as sessions only'),
  })
  .superRefine((settings, context) => {
    const need = (path: 'certificateFile' | 'keyFile' | 'clientCaFile', what: string): void => {
      if (settings[path] === undefined)
        context.addIssue({ code: 'custom', path: [path], message: `is needed for ${what}` })
    }
    if (settings.clientTls !== 'off') {
      need('certificateFile', 'TLS with clients')
      need('keyFile', 'TLS with clients')
    }
    if (settings.clientCertificate === 'none') return
    need('clientCaFile', 'certificates of clients')
    if (settings.clientTls !== 'required') {
      const message = "must be 'required', where clients need certificates"
      context.addIssue({ code: 'custom', path: ['clientTls'], message })
    }
  })

const statusBase = {
  state: z.enum(integrationStates),
  message: z.string().optional(),
  lastEventAt: timeSchema.optional(),
  eventsRecorded: z.number(),
}

export const postgresLogStatusSchema = z.strictObject({
  ...statusBase,
  linesRead: z.number(),
  gaps: z.number(),
})

export const postgresGatewayStatusSchema = z.strictObject({
  ...statusBase,
  sessions: z.number().describe('Open now'),
  statementsPerSecond: z.number().describe('Over the past ten seconds'),
  eventsWaiting: z.number().describe('Recorded here, and not yet in the audit log'),
  eventsLost: z.number().describe('Could not be recorded since the start'),
  errors: z
    .number()
    .describe(
      'Since the start: the server was away or went away, a client did not keep to the protocol, or the gateway failed',
    ),
})

/** What is kept about every integration. */
const base = {
  id: z.string(),
  name: z.string(),
  createdAt: timeSchema,
  createdBy: creatorSchema,
}
const postgresLog = { kind: z.literal('postgres_log'), settings: postgresLogSettingsSchema }
const postgresGateway = { kind: z.literal('postgres_gateway'), settings: postgresGatewaySettingsSchema }

/** What is kept about an integration; its state is known to what captures. */
export const integrationConfigurationSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...base, ...postgresLog }),
  z.strictObject({ ...base, ...postgresGateway }),
])
export const integrationSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...base, ...postgresLog, status: postgresLogStatusSchema }),
  z.strictObject({ ...base, ...postgresGateway, status: postgresGatewayStatusSchema }),
])

export const integrationListSchema = z.strictObject({ integrations: z.array(integrationSchema) })
export const integrationResponseSchema = z.strictObject({ integration: integrationSchema })
export const createIntegrationRequestSchema = z.discriminatedUnion('kind', [
  z.strictObject({ name: nameSchema, ...postgresLog }),
  z.strictObject({ name: nameSchema, ...postgresGateway }),
])

function changeSchemaOf<T extends z.ZodType>(settings: T) {
  return z
    .strictObject({ name: nameSchema.optional(), settings: settings.optional() })
    .refine((change) => change.name !== undefined || change.settings !== undefined, {
      message: 'needs a name or settings',
    })
}

/** `settings` replaces all of the old settings; they are those of the integration's kind. */
export const changeIntegrationRequestSchemas = {
  postgres_log: changeSchemaOf(postgresLogSettingsSchema),
  postgres_gateway: changeSchemaOf(postgresGatewaySettingsSchema),
} satisfies Record<IntegrationKind, z.ZodType>
export const changeIntegrationRequestSchema = z.union(Object.values(changeIntegrationRequestSchemas))

/** What a try of a gateway's settings found. */
export const gatewayTestRequestSchema = z.strictObject({
  settings: postgresGatewaySettingsSchema,
  id: z.string().optional().describe('The integration that has these settings, if there is one already'),
})
export const gatewayTestResponseSchema = z.strictObject({
  serverTls: z.string().optional().describe('The version of TLS that was agreed on with the server'),
  authentication: z.string().describe('What the server asks of a client that it does not know'),
})

export type PostgresLogSettings = z.infer<typeof postgresLogSettingsSchema>
export type PostgresGatewaySettings = z.infer<typeof postgresGatewaySettingsSchema>
export type PostgresLogStatus = z.infer<typeof postgresLogStatusSchema>
export type PostgresGatewayStatus = z.infer<typeof postgresGatewayStatusSchema>
export type IntegrationConfiguration = z.infer<typeof integrationConfigurationSchema>
export type Integration = z.infer<typeof integrationSchema>
export type IntegrationList = z.infer<typeof integrationListSchema>
export type CreateIntegrationRequest = z.infer<typeof createIntegrationRequestSchema>
export type ChangeIntegrationRequest = z.infer<typeof changeIntegrationRequestSchema>
export type GatewayTestRequest = z.infer<typeof gatewayTestRequestSchema>
export type GatewayTestResponse = z.infer<typeof gatewayTestResponseSchema>
