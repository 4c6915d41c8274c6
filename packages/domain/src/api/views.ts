import * as z from 'zod'
import { viewLimits } from '../view-limits.ts'
import { toUtcTime } from '../time.ts'
import { nameSchema } from './access.ts'

// Requests and responses of saved views: the one source of their types, validation and OpenAPI description.

/** The ranges that end now, by their length. */
export const pastRangeIds = ['15m', '1h', '24h', '7d', '30d', '90d'] as const
export type PastRangeId = (typeof pastRangeIds)[number]

const timeSchema = z.iso.datetime().describe('RFC 3339, UTC')

/** Texts of one length, which compare as the times do. */
const canonical = (time: string): string => toUtcTime(time) ?? time

const rangeSchema = z.union([
  z.strictObject({ past: z.enum(pastRangeIds).describe('Back from the moment at which the view is opened') }),
  z
    .strictObject({ from: timeSchema.describe('Inclusive'), to: timeSchema.exactOptional() })
    .describe('Until now without `to`, which is exclusive')
    .refine(({ from, to }) => to === undefined || canonical(from) < canonical(to), {
      path: ['to'],
      message: 'must be later than from',
    }),
])

const columnSchema = z.string().regex(/^[a-z][A-Za-z]{0,31}$/, 'must be the name of a column')

/** Everything that stands on the Audit Log page, beside what is each reader's own: zone, widths, live. */
export const viewStateSchema = z
  .strictObject({
    q: z.string().describe('The search text'),
    range: rangeSchema,
    noise: z.boolean().describe('Whether what programs send by themselves is shown'),
    columns: z
      .array(columnSchema)
      .min(1, 'must name a column')
      .max(viewLimits.columnsMax)
      .refine((columns) => new Set(columns).size === columns.length, { message: 'must not repeat a column' })
      .describe('Those that are shown, in their order, by their names in `columns=` of a download'),
  })
  .refine(
    (state) => new TextEncoder().encode(JSON.stringify(state)).length <= viewLimits.stateBytesMax,
    `must take at most ${viewLimits.stateBytesMax} bytes as JSON`,
  )

const viewNameSchema = nameSchema.max(
  viewLimits.nameUnitsMax,
  `must have at most ${viewLimits.nameUnitsMax} characters`,
)

export const viewSchema = z.strictObject({
  id: z.string(),
  name: viewNameSchema,
  shared: z.boolean().describe('Everybody of the workspace has it; otherwise its owner alone'),
  state: viewStateSchema,
  owner: z.strictObject({
    name: z.string(),
    isYou: z.boolean(),
    isMember: z.boolean().describe('False for who has left the workspace'),
  }),
  mayChange: z.boolean().describe('You may: it is yours, or it is shared and you are an admin'),
  createdAt: timeSchema,
  updatedAt: timeSchema,
})
export const viewListSchema = z.strictObject({ views: z.array(viewSchema) })
export const viewResponseSchema = z.strictObject({ view: viewSchema })

export const createViewRequestSchema = z.strictObject({
  name: viewNameSchema,
  shared: z.boolean().default(false),
  state: viewStateSchema,
})
export const changeViewRequestSchema = z
  .strictObject({
    name: viewNameSchema.exactOptional(),
    shared: z.boolean().exactOptional(),
    state: viewStateSchema.exactOptional(),
  })
  .refine((change) => Object.keys(change).length > 0, { message: 'needs name, shared or state' })

export type ViewState = z.infer<typeof viewStateSchema>
export type View = z.infer<typeof viewSchema>
export type ViewList = z.infer<typeof viewListSchema>
export type CreateViewRequest = z.infer<typeof createViewRequestSchema>
export type ChangeViewRequest = z.infer<typeof changeViewRequestSchema>
