import {
  changeWorkspaceSettingsRequestSchema,
  type WorkspaceSettingsResponse,
} from '@aleph-audit-log/domain/api/settings'
import type { FastifyInstance } from 'fastify'
import { requirePermission } from '../../access/viewer.ts'
import { changeWorkspaceSettings, readWorkspaceSettings } from '../../settings/workspace-settings.ts'
import { readInput } from '../read-input.ts'
import { actOf, type AccessDeps } from './access-deps.ts'

/** What the admins of a workspace decide about its log. */
export function registerSettingsRoutes(app: FastifyInstance, deps: AccessDeps): void {
  app.get('/api/v1/settings', async (request): Promise<WorkspaceSettingsResponse> => {
    const { viewer } = await actOf(request, deps)
    return { settings: await readWorkspaceSettings(deps.settings, viewer) }
  })

  app.patch('/api/v1/settings', async (request): Promise<WorkspaceSettingsResponse> => {
    const act = await actOf(request, deps)
    requirePermission(act.viewer, 'admin')
    const change = readInput(changeWorkspaceSettingsRequestSchema, request.body)
    const settings = await changeWorkspaceSettings(act, change)
    await deps.workspaceSettings.refresh()
    return { settings }
  })
}
