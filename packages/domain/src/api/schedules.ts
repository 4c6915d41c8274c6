import * as z from 'zod'
import { filterLimits } from '../filter/filter.ts'
import { isZone } from '../zoned-time.ts'
import { emailSchema, nameSchema } from './access.ts'

/** Requests and responses of scheduled exports: the one source of their types, validation and OpenAPI description. */
export const scheduleLimits = {
  schedulesMax: 100,
  nameUnitsMax: 100,
  recipientsMax: 20,
  folderUnitsMax: 200,
  /** What is told of each schedule's runs; older ones are forgotten, their story is in the log. */
  runsShownMax: 10,
} as const

export const scheduleFormats = ['xlsx', 'csv', 'jsonl', 'digest'] as const
export type ScheduleFormat = (typeof scheduleFormats)[number]

const timeSchema = z.iso.datetime().describe('RFC 3339, UTC')

const contentSchema = z.union([
  z.strictObject({ viewId: z.string().min(1).max(64).describe('A view that is shared with the workspace') }),
  z.strictObject({
    q: z.string().max(filterLimits.textUnitsMax).describe('A search; empty for every event'),
  }),
])

/** Names of folders below the one that the operator allows. */
const folderSchema = z
  .string()
  .trim()
  .max(scheduleLimits.folderUnitsMax, `must have at most ${scheduleLimits.folderUnitsMax} characters`)
  .regex(/^[^\p{Cc}\p{Cs}\\:]*$/u, 'must not contain control characters, \\ or :')
  .refine(
    (path) => path === '' || path.split('/').every((name) => /^[^.\s].*$/u.test(name) && !name.endsWith('.')),
    {
      message: 'must be names with / between them, none of which begins or ends with a dot',
    },
  )

const destinationSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('email'),
    to: z
      .array(emailSchema)
      .min(1, 'needs an e-mail address')
      .max(scheduleLimits.recipientsMax, `must have at most ${scheduleLimits.recipientsMax} addresses`),
  }),
  z.strictObject({
    kind: z.literal('folder'),
    folder: folderSchema.describe('Below AUDIT_EXPORT_DIR; empty for that folder itself'),
  }),
])

const timingSchema = z.strictObject({
  every: z.enum(['day', 'week']),
  weekday: z.int().min(1).max(7).describe('1 for Monday to 7 for Sunday; of no matter for every day'),
  hour: z.int().min(0).max(23),
  minute: z.int().min(0).max(59),
  zone: z
    .string()
    .max(64)
    .refine(isZone, { message: 'must be the name of a time zone such as Europe/Berlin' }),
  covers: z
    .enum(['day', 'week'])
    .describe('The day before, or the seven days before: whole days of the zone, whatever their hours'),
})

/** Of one that is kept: another release of the runtime may know other zones, and the schedule is to be seen and mended. */
const storedTimingSchema = timingSchema.extend({ zone: z.string() })

const scheduleShape = {
  name: nameSchema.max(
    scheduleLimits.nameUnitsMax,
    `must have at most ${scheduleLimits.nameUnitsMax} characters`,
  ),
  content: contentSchema,
  format: z.enum(scheduleFormats).describe('digest: an e-mail with numbers instead of a file'),
  timing: timingSchema,
  destination: destinationSchema,
  enabled: z.boolean(),
}

const configurationSchema = z.strictObject(scheduleShape)

/** What people decided of a schedule, as it is kept. */
export const storedConfigurationSchema = configurationSchema.extend({ timing: storedTimingSchema })

function refuseDigestInFolder(
  { format, destination }: Partial<z.infer<typeof configurationSchema>>,
  context: z.RefinementCtx,
): void {
  if (format !== 'digest' || destination?.kind !== 'folder') return
  context.addIssue({
    code: 'custom',
    path: ['format'],
    message: 'must be a file for a folder: a digest is an e-mail',
  })
}

export const createScheduleRequestSchema = configurationSchema.superRefine(refuseDigestInFolder)
export const changeScheduleRequestSchema = z
  .strictObject({
    name: scheduleShape.name.exactOptional(),
    content: scheduleShape.content.exactOptional(),
    format: scheduleShape.format.exactOptional(),
    timing: scheduleShape.timing.exactOptional(),
    destination: scheduleShape.destination.exactOptional(),
    enabled: scheduleShape.enabled.exactOptional(),
  })
  .refine((change) => Object.keys(change).length > 0, { message: 'needs something to change' })

export const runStates = ['waiting', 'running', 'delivered', 'failed', 'skipped'] as const
export type RunState = (typeof runStates)[number]

export const exportRunSchema = z.strictObject({
  id: z.string(),
  trigger: z.enum(['schedule', 'person']),
  dueAt: timeSchema,
  from: timeSchema.describe('Inclusive'),
  to: timeSchema.describe('Exclusive'),
  firstDay: z.string().describe('Of the zone, such as 2026-11-28'),
  lastDay: z.string().describe('Included'),
  state: z.enum(runStates),
  attempts: z.int(),
  startedAt: timeSchema.optional(),
  endedAt: timeSchema.optional(),
  retryAt: timeSchema.optional().describe('Of one that waits after a failure'),
  rows: z.int().optional(),
  bytes: z.int().optional(),
  message: z
    .string()
    .optional()
    .describe('Why it failed or waits; or what to know of one that was delivered'),
})

export const scheduleSchema = z.strictObject({
  id: z.string(),
  ...scheduleShape,
  timing: storedTimingSchema,
  runsAs: z
    .strictObject({ name: z.string(), email: z.string().optional(), mayRun: z.boolean() })
    .describe('Whose rights it has: who saved it last'),
  viewName: z.string().optional().describe('Of the view, while it is there and shared'),
  nextDueAt: timeSchema.optional().describe('Absent while it is not enabled'),
  createdAt: timeSchema,
  updatedAt: timeSchema,
  runs: z.array(exportRunSchema).describe('The last ones, the newest first'),
})

export const scheduleListSchema = z.strictObject({
  schedules: z.array(scheduleSchema),
  folderIsAllowed: z.boolean().describe('The operator has set AUDIT_EXPORT_DIR'),
  mailIsSet: z.boolean().describe('There is a server that sends e-mails'),
})
export const scheduleResponseSchema = z.strictObject({ schedule: scheduleSchema })
export const exportRunResponseSchema = z.strictObject({ run: exportRunSchema })

export type ScheduleConfiguration = z.infer<typeof configurationSchema>
export type ScheduleTiming = z.infer<typeof timingSchema>
export type ChangeScheduleRequest = z.infer<typeof changeScheduleRequestSchema>
export type ExportRun = z.infer<typeof exportRunSchema>
export type Schedule = z.infer<typeof scheduleSchema>
export type ScheduleList = z.infer<typeof scheduleListSchema>
