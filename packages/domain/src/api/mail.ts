import * as z from 'zod'
import { mailTlsModes } from '../tls-modes.ts'
import { emailSchema } from './access.ts'

/** Requests and responses of the server that sends a workspace's e-mails: types, validation and OpenAPI come from here. */
const mailLimits = { hostUnitsMax: 255, userUnitsMax: 254, passwordUnitsMax: 1024 } as const

const line = (unitsMax: number): z.ZodString =>
  z
    .string()
    .trim()
    .max(unitsMax, `must have at most ${unitsMax} characters`)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must be one line of text')

const settingsShape = {
  host: line(mailLimits.hostUnitsMax)
    .min(1, 'must not be empty')
    .regex(/^[^\s/@]*$/, 'must be a host name or an address')
    .describe('The SMTP server'),
  port: z.int().min(1, 'must be from 1 to 65535').max(65_535, 'must be from 1 to 65535'),
  tls: z
    .enum(mailTlsModes)
    .describe(
      'tls: from the beginning; starttls: required before anything is said; none: nothing is encrypted',
    ),
  user: line(mailLimits.userUnitsMax).describe('Empty: without signing in'),
  from: emailSchema.describe('The address in From'),
}

/** `hasPassword`: the password itself is never shown. */
export const mailSettingsSchema = z.strictObject({ ...settingsShape, hasPassword: z.boolean() })
export const mailSettingsResponseSchema = z.strictObject({
  mail: mailSettingsSchema.optional().describe('Absent until it is set'),
})

const passwordSchema = z
  .string()
  .max(mailLimits.passwordUnitsMax, `must have at most ${mailLimits.passwordUnitsMax} characters`)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must be one line of text')
  .describe('Absent: the one that is kept, for the same host, port and user; empty: none')

export const changeMailRequestSchema = z.strictObject({
  ...settingsShape,
  password: passwordSchema.exactOptional(),
})
export const testMailRequestSchema = changeMailRequestSchema.extend({
  to: emailSchema.describe('Who gets the e-mail'),
})
export const testMailResponseSchema = z.strictObject({
  answer: z.string().describe('What the server said when it took the e-mail'),
})

export type MailSettings = z.infer<typeof mailSettingsSchema>
export type MailSettingsResponse = z.infer<typeof mailSettingsResponseSchema>
export type ChangeMailRequest = z.infer<typeof changeMailRequestSchema>
export type TestMailRequest = z.infer<typeof testMailRequestSchema>
export type TestMailResponse = z.infer<typeof testMailResponseSchema>
