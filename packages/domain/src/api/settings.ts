import * as z from 'zod'
import { bindParameterModes } from '../secrets/mask-bind.ts'

/** Requests and responses of a workspace's settings: the one source of their types, validation and OpenAPI description. */
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
