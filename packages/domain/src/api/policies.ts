import * as z from 'zod'
import { policyDecisions } from '../event.ts'
import { toPolicyName } from '../policy/policy-question.ts'
import { emailSchema, nameSchema } from './access.ts'

/** Requests and responses of policies: the one source of their types, validation and OpenAPI description. */
export const policyLimits = {
  policiesMax: 100,
  nameUnitsMax: 100,
  textUnitsMax: 16 * 1024,
  /** `forbid`s of one policy. */
  statementsMax: 20,
  noteUnitsMax: 1000,
  reasonUnitsMax: 1000,
  exceptionsMax: 1000,
  exceptionDaysMax: 366,
  /** Tables and columns with tags, from all files and by hand. */
  tagRulesMax: 20_000,
  /** Among them with a `*`: each is compared with each new table. */
  tagPatternsMax: 500,
  tagsPerRuleMax: 20,
  /** Different tags of a workspace. */
  tagsMax: 500,
  tagUnitsMax: 64,
  patternUnitsMax: 400,
  patternWildcardsMax: 10,
  tagFileUnitsMax: 12_000_000,
  examplesMax: 20,
  namesMax: 100,
} as const

const timeSchema = z.iso.datetime().describe('RFC 3339, UTC')
const dayText = z.string().describe('A day in UTC such as 2026-11-28')

function lineSchema(unitsMax: number): z.ZodString {
  return z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(unitsMax, `must have at most ${unitsMax} characters`)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must be one line of text')
}

const policyNameSchema = lineSchema(policyLimits.nameUnitsMax)
  .refine((name) => !(policyDecisions as readonly string[]).includes(toPolicyName(name)), {
    message: `must not be ${policyDecisions.join(', ')}: those are decisions`,
  })
  .describe('Stands in events, and finds them: `policy:"name"`')

const policyTextSchema = z
  .string()
  .max(policyLimits.textUnitsMax, `must have at most ${policyLimits.textUnitsMax} characters`)
  .refine((text) => text.isWellFormed(), { message: 'must be Unicode text' })
  .describe('Cedar: one or more `forbid`s (docs/policies.md)')

const noteSchema = z
  .string()
  .trim()
  .max(policyLimits.noteUnitsMax, `must have at most ${policyLimits.noteUnitsMax} characters`)
  .refine((text) => text.isWellFormed(), { message: 'must be Unicode text' })

const personOfPolicySchema = z.strictObject({ name: z.string(), email: z.string().optional() })

export const policySchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  text: z.string(),
  enabled: z.boolean(),
  version: z.int(),
  createdAt: timeSchema,
  updatedAt: timeSchema,
  updatedBy: personOfPolicySchema,
  problem: z.string().optional().describe('Why it is not judged, although it is switched on'),
})
export const policyListSchema = z.strictObject({ policies: z.array(policySchema) })
export const policyResponseSchema = z.strictObject({ policy: policySchema })

export const createPolicyRequestSchema = z.strictObject({
  name: policyNameSchema,
  text: policyTextSchema,
  enabled: z.boolean().default(true),
  note: noteSchema.default(''),
})
export const changePolicyRequestSchema = z
  .strictObject({
    name: policyNameSchema.optional(),
    text: policyTextSchema.optional(),
    enabled: z.boolean().optional(),
    note: noteSchema.default(''),
    version: z.int().optional().describe('The version that was looked at: 409 if there is a newer one'),
  })
  .refine(({ name, text, enabled }) => name !== undefined || text !== undefined || enabled !== undefined, {
    message: 'needs something to change',
  })

export const policyVersionSchema = z.strictObject({
  version: z.int(),
  change: z.enum(['created', 'changed', 'deleted']),
  name: z.string(),
  text: z.string(),
  enabled: z.boolean(),
  note: z.string(),
  at: timeSchema,
  by: personOfPolicySchema,
})
export const policyVersionListSchema = z.strictObject({ versions: z.array(policyVersionSchema) })

export const checkPolicyRequestSchema = z.strictObject({ text: policyTextSchema })
export const checkPolicyResponseSchema = z.strictObject({
  problems: z.array(
    z.strictObject({
      message: z.string(),
      line: z.int().describe('From 1'),
      column: z.int().describe('From 1, in UTF-16 units'),
      start: z.int().describe('In UTF-16 units of the text'),
      end: z.int(),
    }),
  ),
})

export const judgePastRequestSchema = z.strictObject({ text: policyTextSchema })
const countedNameSchema = z.strictObject({ name: z.string(), count: z.int() })
export const judgePastResponseSchema = z.strictObject({
  from: timeSchema,
  to: timeSchema,
  judged: z.int().describe('Query events of the time'),
  queries: z.int().describe('Those that the policy forbids'),
  people: z.array(countedNameSchema).describe(`The first ${policyLimits.namesMax}`),
  peopleTotal: z.int(),
  tables: z
    .array(countedNameSchema)
    .describe(`With tags that policies know; the first ${policyLimits.namesMax}`),
  tablesTotal: z.int(),
  byDay: z.array(z.strictObject({ day: dayText, judged: z.int(), queries: z.int() })),
  examples: z.array(
    z.strictObject({
      id: z.string(),
      occurredAt: z.string(),
      person: z.string(),
      sql: z.string().optional(),
      tables: z.array(z.string()),
    }),
  ),
})

export const policyActivitySchema = z.strictObject({
  from: timeSchema,
  to: timeSchema,
  policies: z.array(
    z.strictObject({
      name: z.string(),
      judged: z.int().describe('Queries that policies judged on the days on which it was switched on'),
      violations: z.int(),
      excepted: z.int(),
      people: z.array(countedNameSchema).describe('Who violated it, the most frequent first'),
      peopleTotal: z.int(),
      byDay: z.array(
        z.strictObject({ day: dayText, judged: z.int(), violations: z.int(), excepted: z.int() }),
      ),
    }),
  ),
})

const subjectSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('person'), name: z.union([emailSchema, lineSchema(256)]) }),
  z.strictObject({ kind: z.literal('group'), name: lineSchema(100) }),
])

export const policyExceptionSchema = z.strictObject({
  id: z.string(),
  policy: z.strictObject({ id: z.string(), name: z.string() }).optional().describe('Absent: every policy'),
  subject: z.strictObject({ kind: z.enum(['person', 'group']), name: z.string() }),
  from: timeSchema,
  until: timeSchema.describe('Exclusive; of one that was ended early, when'),
  reason: z.string(),
  approver: z.string(),
  grantedAt: timeSchema,
  grantedBy: personOfPolicySchema,
  state: z.enum(['active', 'over', 'revoked']),
})
export const policyExceptionListSchema = z.strictObject({ exceptions: z.array(policyExceptionSchema) })
export const policyExceptionResponseSchema = z.strictObject({ exception: policyExceptionSchema })
export const grantExceptionRequestSchema = z.strictObject({
  policyId: z.string().max(100).optional().describe('Absent: every policy'),
  subject: subjectSchema.describe(
    'A person by e-mail (or id, as it stands in events), or a group of the directory',
  ),
  until: timeSchema,
  reason: lineSchema(policyLimits.reasonUnitsMax),
  approver: nameSchema.describe('Who allowed it'),
})

export const reportQuerySchema = z.strictObject({
  month: z
    .string()
    .regex(/^\d{4}-(?:0[1-9]|1[0-2])$/, 'must be a month such as 2026-11')
    .describe('A month in UTC'),
})

const tagSchema = z
  .string()
  .transform(toPolicyName)
  .refine((tag) => /^[\p{L}\p{N}][\p{L}\p{N} _.:/-]*$/u.test(tag), {
    message: 'must be made of letters, digits, spaces and _ . : / -, and begin with a letter or digit',
  })
  .refine((tag) => tag.length <= policyLimits.tagUnitsMax, {
    message: `must have at most ${policyLimits.tagUnitsMax} characters`,
  })
  .refine((tag) => !/^(?:person|actor)\./.test(tag), {
    message: 'must not begin with person., which says who did it',
  })

const patternSchema = lineSchema(policyLimits.patternUnitsMax).refine(
  (pattern) => pattern.split('*').length - 1 <= policyLimits.patternWildcardsMax,
  { message: `must have at most ${policyLimits.patternWildcardsMax} *` },
)

const uniqueTags = (min: number) =>
  z
    .array(tagSchema)
    .max(policyLimits.tagsPerRuleMax, `must have at most ${policyLimits.tagsPerRuleMax} tags`)
    .transform((tags) => [...new Set(tags)].sort())
    .refine((tags) => tags.length >= min, { message: 'needs a tag' })

export const tagRuleSchema = z.strictObject({
  pattern: patternSchema.describe('A table, or several with `*`: `prod.hr.*`'),
  column: lineSchema(256).optional(),
  tags: uniqueTags(1),
})
export type TagRuleInput = z.infer<typeof tagRuleSchema>

const tagOrigins = ['hand', 'csv', 'dbt'] as const
export const tableTagListSchema = z.strictObject({
  rules: z.array(
    z.strictObject({
      pattern: z.string(),
      column: z.string().optional(),
      tags: z.array(z.string()),
      origin: z.enum(tagOrigins),
    }),
  ),
})
export const setTableTagsRequestSchema = z.strictObject({
  pattern: patternSchema,
  column: lineSchema(256).optional(),
  tags: uniqueTags(0).describe('Replace those that were set by hand; none take them away'),
})
export const importTableTagsRequestSchema = z.strictObject({
  origin: z.enum(['csv', 'dbt']),
  content: z
    .string()
    .max(policyLimits.tagFileUnitsMax, `must have at most ${policyLimits.tagFileUnitsMax} characters`)
    .describe('A CSV file with the columns table, column, tags; or the manifest.json of dbt'),
  dryRun: z.boolean().default(false).describe('Only tell what would happen'),
})
export const importTableTagsResponseSchema = z.strictObject({
  rules: z.int(),
  added: z.int(),
  removed: z.int().describe('What the last file of this origin said and this one does not'),
})

export type Policy = z.infer<typeof policySchema>
export type PolicyList = z.infer<typeof policyListSchema>
export type CreatePolicyRequest = z.infer<typeof createPolicyRequestSchema>
export type ChangePolicyRequest = z.infer<typeof changePolicyRequestSchema>
export type PolicyVersion = z.infer<typeof policyVersionSchema>
export type PolicyVersionList = z.infer<typeof policyVersionListSchema>
export type PolicyProblem = z.infer<typeof checkPolicyResponseSchema>['problems'][number]
export type JudgedPast = z.infer<typeof judgePastResponseSchema>
export type PolicyActivity = z.infer<typeof policyActivitySchema>
export type PolicyException = z.infer<typeof policyExceptionSchema>
export type PolicyExceptionList = z.infer<typeof policyExceptionListSchema>
export type GrantExceptionRequest = z.infer<typeof grantExceptionRequestSchema>
export type TableTagList = z.infer<typeof tableTagListSchema>
export type SetTableTagsRequest = z.infer<typeof setTableTagsRequestSchema>
export type ImportTableTagsRequest = z.infer<typeof importTableTagsRequestSchema>
export type ImportTableTagsResponse = z.infer<typeof importTableTagsResponseSchema>
