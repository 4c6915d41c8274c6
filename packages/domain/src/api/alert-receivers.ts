import * as z from 'zod'
import { receiverKinds } from '../alert-values.ts'
import { ruleLevels } from '../detect/rule.ts'
import { emailSchema, nameSchema } from './access.ts'
import { alertDeliverySchema, deliveryStates } from './alerts.ts'

/** Requests and responses of what alerts are sent to: the one source of their types, validation and OpenAPI description. */
export const receiverLimits = {
  receiversMax: 50,
  nameUnitsMax: 100,
  recipientsMax: 20,
  urlUnitsMax: 2048,
  /** Deliveries in an answer. */
  deliveriesShownMax: 100,
} as const

const urlSchema = z
  .string()
  .trim()
  .max(receiverLimits.urlUnitsMax, `must have at most ${receiverLimits.urlUnitsMax} characters`)
  .superRefine((text, context) => {
    const url = URL.canParse(text) ? new URL(text) : undefined
    const message =
      url === undefined || !/^https?:$/.test(url.protocol)
        ? 'must be an http or https address'
        : url.username !== '' || url.password !== ''
          ? 'must not hold a user or password'
          : url.hash !== ''
            ? 'must not have a part after #'
            : undefined
    if (message !== undefined) context.addIssue({ code: 'custom', message })
  })
  .describe('Kept encrypted, and never shown again')

const receiverShape = {
  name: nameSchema.max(
    receiverLimits.nameUnitsMax,
    `must have at most ${receiverLimits.nameUnitsMax} characters`,
  ),
  levelMin: z.enum(ruleLevels).describe('Alerts of this level and above are told'),
  enabled: z.boolean(),
}
const toSchema = z
  .array(emailSchema)
  .min(1, 'needs an e-mail address')
  .max(receiverLimits.recipientsMax, `must have at most ${receiverLimits.recipientsMax} addresses`)

export const createReceiverRequestSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('email'), ...receiverShape, to: toSchema }),
  z.strictObject({ kind: z.literal('slack'), ...receiverShape, url: urlSchema }),
  z.strictObject({ kind: z.literal('webhook'), ...receiverShape, url: urlSchema }),
])

export const changeReceiverRequestSchema = z
  .strictObject({
    name: receiverShape.name.exactOptional(),
    levelMin: receiverShape.levelMin.exactOptional(),
    enabled: receiverShape.enabled.exactOptional(),
    to: toSchema.exactOptional().describe('Of e-mail alone'),
    url: urlSchema.exactOptional().describe('Not of e-mail'),
    newSecret: z
      .literal(true)
      .exactOptional()
      .describe('Of a webhook: makes another secret, which is answered once; the old one ends at once'),
  })
  .refine((change) => Object.keys(change).length > 0, { message: 'needs something to change' })

export const receiverSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(receiverKinds),
  name: z.string(),
  levelMin: z.enum(ruleLevels),
  enabled: z.boolean(),
  to: z.array(z.string()).optional().describe('Of e-mail'),
  host: z.string().optional().describe('Of others: the host alone, because the address may hold a secret'),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  deliveredAt: z.iso.datetime().optional().describe('Of the last that arrived'),
  waiting: z.int().describe('Deliveries that are still to be made'),
  dead: z.int().describe('Deliveries that were given up'),
})

export const receiverListSchema = z.strictObject({
  receivers: z.array(receiverSchema),
  mailIsSet: z.boolean().describe('There is a server that sends e-mails'),
  privateIsAllowed: z
    .boolean()
    .describe('The operator lets webhooks go to private addresses (AUDIT_WEBHOOK_ALLOW_PRIVATE)'),
})

export const receiverResponseSchema = z.strictObject({
  receiver: receiverSchema,
  secret: z
    .string()
    .optional()
    .describe('Of a new webhook, or a new one of it: what signs, shown this once (`whsec_` and base64)'),
})

export const deliveriesQuerySchema = z.strictObject({
  state: z.enum(deliveryStates).exactOptional(),
  receiver: z.string().max(64).exactOptional().describe('The id of a receiver'),
})

export const deliveryListSchema = z.strictObject({
  deliveries: z
    .array(alertDeliverySchema)
    .describe(`The newest first, at most ${receiverLimits.deliveriesShownMax}`),
  total: z.int().describe('How many there are'),
})
export const deliveryResponseSchema = z.strictObject({ delivery: alertDeliverySchema })

export type CreateReceiverRequest = z.infer<typeof createReceiverRequestSchema>
export type ChangeReceiverRequest = z.infer<typeof changeReceiverRequestSchema>
export type Receiver = z.infer<typeof receiverSchema>
export type ReceiverList = z.infer<typeof receiverListSchema>
export type ReceiverResponse = z.infer<typeof receiverResponseSchema>
export type DeliveriesQuery = z.output<typeof deliveriesQuerySchema>
export type DeliveryList = z.infer<typeof deliveryListSchema>
