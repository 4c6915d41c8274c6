import * as z from 'zod'
import { joinLogin, splitLogin } from '../attribution/people-index.ts'
import { patternLimits, readCommentPattern } from '../attribution/comment-pattern.ts'
import { emailSchema, nameSchema } from './access.ts'

/** Requests and responses of the directory of people and service accounts: types, validation and OpenAPI come from here. */
export const peopleLimits = {
  peopleMax: 10_000,
  accountsMax: 1000,
  /** Of each kind, for one person. */
  emailsMax: 20,
  loginsMax: 50,
  toolIdsMax: 50,
  groupsMax: 50,
  loginUnitsMax: 256,
  noteUnitsMax: 1000,
  importRowsMax: 5000,
} as const

const timeSchema = z.iso.datetime().describe('RFC 3339, UTC')

/** One line without control characters, as it will be compared with what events say. */
function lineSchema(unitsMax: number): z.ZodString {
  return z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(unitsMax, `must have at most ${unitsMax} characters`)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must be one line of text')
}

const loginSchema = lineSchema(peopleLimits.loginUnitsMax)
  .transform((text) => joinLogin(splitLogin(text)))
  .describe(
    '`ann`, or `prod/ann` for the integration (or, for events that are sent, the database) called prod alone',
  )

/** The name of a tool or application, as events have it. */
const toolSchema = lineSchema(64).toLowerCase()

const toolIdSchema = lineSchema(peopleLimits.loginUnitsMax)
  .regex(/^[^:]{1,64}:.+$/, 'must be a tool and an id in it, such as metabase:39')
  .transform((text) => {
    const colon = text.indexOf(':')
    return `${text.slice(0, colon).trim().toLowerCase()}:${text.slice(colon + 1).trim()}`
  })
  .describe('`metabase:39`; `database:<identity>` is what a database authenticated')

const noteSchema = z
  .string()
  .trim()
  .max(peopleLimits.noteUnitsMax, `must have at most ${peopleLimits.noteUnitsMax} characters`)
  .refine((text) => text.isWellFormed(), { message: 'must be Unicode text' })

const leftOnSchema = z.iso.date('must be a day such as 2026-11-22').describe('The last day at the company')

/** A list without repetitions, in its order. */
function listOf<T extends z.ZodType<string>>(item: T, max: number) {
  return z
    .array(item)
    .max(max, `must have at most ${max} entries`)
    .transform((values) => [...new Set(values)])
}

const personFields = {
  name: nameSchema,
  emails: listOf(emailSchema, peopleLimits.emailsMax).describe('The first one stands in events'),
  logins: listOf(loginSchema, peopleLimits.loginsMax).describe('Logins of databases that nobody else uses'),
  toolIds: listOf(toolIdSchema, peopleLimits.toolIdsMax),
  groups: listOf(lineSchema(100), peopleLimits.groupsMax),
}

export const createPersonRequestSchema = z.strictObject({
  name: personFields.name,
  emails: personFields.emails.default([]),
  logins: personFields.logins.default([]),
  toolIds: personFields.toolIds.default([]),
  groups: personFields.groups.default([]),
  leftOn: leftOnSchema.optional(),
  note: noteSchema.optional(),
})

/** What is there replaces what was; an empty text takes away. */
export const changePersonRequestSchema = z
  .strictObject({
    name: personFields.name.optional(),
    emails: personFields.emails.optional(),
    logins: personFields.logins.optional(),
    toolIds: personFields.toolIds.optional(),
    groups: personFields.groups.optional(),
    leftOn: z.union([z.literal(''), leftOnSchema]).optional(),
    note: noteSchema.optional(),
  })
  .refine((change) => Object.keys(change).length > 0, { message: 'needs something to change' })

export const personSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  emails: z.array(z.string()),
  logins: z.array(z.string()),
  toolIds: z.array(z.string()),
  groups: z.array(z.string()),
  leftOn: z.string().optional(),
  note: z.string().optional(),
  createdAt: timeSchema,
  updatedAt: timeSchema,
})
export const personListSchema = z.strictObject({ people: z.array(personSchema) })
export const personResponseSchema = z.strictObject({ person: personSchema })

export const importPeopleRequestSchema = z.strictObject({
  csv: z
    .string()
    .describe(
      'Columns: name, email, logins, tool_ids, groups, left_on, note; several values of one cell are separated by ;',
    ),
  dryRun: z.boolean().default(false).describe('Only tell what would happen'),
})
export const importPeopleResponseSchema = z.strictObject({
  created: z.int(),
  updated: z.int(),
  unchanged: z.int(),
})

const commentPatternSchema = z
  .string()
  .max(patternLimits.patternUnitsMax)
  .superRefine((pattern, context) => {
    if (pattern === '') return
    try {
      readCommentPattern(pattern)
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      context.addIssue({ code: 'custom', message: error.message })
    }
  })
  .describe(
    'A regular expression for comments in a form that is not known, with groups such as (?<name>...), (?<email>...), (?<id>...)',
  )

export const createServiceAccountRequestSchema = z.strictObject({
  login: loginSchema,
  tool: toolSchema.describe('`metabase`, `dbt`...; or the application that its sqlcommenter comments name'),
  commentPattern: commentPatternSchema.optional(),
  note: noteSchema.optional(),
})
export const changeServiceAccountRequestSchema = z
  .strictObject({
    login: loginSchema.optional(),
    tool: toolSchema.optional(),
    commentPattern: commentPatternSchema.optional(),
    note: noteSchema.optional(),
  })
  .refine((change) => Object.keys(change).length > 0, { message: 'needs something to change' })

export const serviceAccountSchema = z.strictObject({
  id: z.string(),
  login: z.string(),
  tool: z.string(),
  commentPattern: z.string().optional(),
  note: z.string().optional(),
  createdAt: timeSchema,
  updatedAt: timeSchema,
})
export const serviceAccountListSchema = z.strictObject({ serviceAccounts: z.array(serviceAccountSchema) })
export const serviceAccountResponseSchema = z.strictObject({ serviceAccount: serviceAccountSchema })

export type Person = z.infer<typeof personSchema>
export type PersonList = z.infer<typeof personListSchema>
export type CreatePersonRequest = z.infer<typeof createPersonRequestSchema>
export type ChangePersonRequest = z.infer<typeof changePersonRequestSchema>
export type ImportPeopleRequest = z.infer<typeof importPeopleRequestSchema>
export type ImportPeopleResponse = z.infer<typeof importPeopleResponseSchema>
export type ServiceAccount = z.infer<typeof serviceAccountSchema>
export type ServiceAccountList = z.infer<typeof serviceAccountListSchema>
export type CreateServiceAccountRequest = z.infer<typeof createServiceAccountRequestSchema>
export type ChangeServiceAccountRequest = z.infer<typeof changeServiceAccountRequestSchema>
