import {
  changeMailRequestSchema,
  testMailRequestSchema,
  type MailSettingsResponse,
  type TestMailResponse,
} from '@aleph-audit-log/domain/api/mail'
import type { FastifyInstance } from 'fastify'
import { requirePermission } from '../../access/viewer.ts'
import { changeMailSettings, mailServerAfter, readMailSettings } from '../../settings/mail-settings.ts'
import { readWorkspaceName } from '../../settings/workspaces.ts'
import { readInput } from '../read-input.ts'
import { actOf, type AccessDeps } from './access-deps.ts'

/** The server that sends a workspace's e-mails. */
export function registerMailRoutes(app: FastifyInstance, deps: AccessDeps): void {
  app.get('/api/v1/mail-settings', async (request): Promise<MailSettingsResponse> => {
    const { viewer } = await actOf(request, deps)
    const mail = await readMailSettings(deps.settings, viewer)
    return mail ? { mail } : {}
  })

  app.patch('/api/v1/mail-settings', async (request): Promise<MailSettingsResponse> => {
    const act = await actOf(request, deps)
    requirePermission(act.viewer, 'admin')
    return {
      mail: await changeMailSettings(act, deps.sealer, readInput(changeMailRequestSchema, request.body)),
    }
  })

  app.post('/api/v1/mail-settings/test', async (request): Promise<TestMailResponse> => {
    const { viewer } = await actOf(request, deps)
    // Before a look at the network.
    requirePermission(viewer, 'admin')
    const { to, ...change } = readInput(testMailRequestSchema, request.body)
    const server = await mailServerAfter(deps.settings, deps.sealer, viewer, change)
    const workspaceName = (await readWorkspaceName(deps.settings, viewer.workspaceId)) ?? ''
    return { answer: await deps.sendTestMail(server, to, workspaceName) }
  })
}
