import type { FastifyInstance } from 'fastify'
import type { AccessDeps } from './access-deps.ts'
import { registerAccountRoutes } from './account-routes.ts'
import { registerAlertRoutes } from './alert-routes.ts'
import { registerIntegrationRoutes } from './integration-routes.ts'
import { registerInvitationRoutes } from './invitation-routes.ts'
import { registerKeyRoutes } from './key-routes.ts'
import { registerMailRoutes } from './mail-routes.ts'
import { registerMemberRoutes } from './member-routes.ts'
import { registerPeopleRoutes } from './people-routes.ts'
import { registerPasswordResetRoutes } from './password-reset-routes.ts'
import { registerScheduleRoutes } from './schedule-routes.ts'
import { registerReceiverRoutes } from './receiver-routes.ts'
import { registerSessionRoutes } from './session-routes.ts'
import { registerSettingsRoutes } from './settings-routes.ts'
import { registerSetupRoutes } from './setup-routes.ts'
import { registerViewRoutes } from './view-routes.ts'

/** All routes about people, keys, integrations and settings. Their answers hold secrets and names: nothing may keep them. */
export function registerAccessRoutes(app: FastifyInstance, deps: AccessDeps): void {
  app.register(async (scope) => {
    scope.addHook('onRequest', async (_request, reply) => {
      reply.header('cache-control', 'no-store')
    })
    registerSessionRoutes(scope, deps)
    registerAccountRoutes(scope, deps)
    registerSetupRoutes(scope, deps)
    registerMemberRoutes(scope, deps)
    registerInvitationRoutes(scope, deps)
    registerPeopleRoutes(scope, deps)
    registerPasswordResetRoutes(scope, deps)
    registerKeyRoutes(scope, deps)
    registerIntegrationRoutes(scope, deps)
    registerSettingsRoutes(scope, deps)
    registerViewRoutes(scope, deps)
    registerMailRoutes(scope, deps)
    registerScheduleRoutes(scope, deps)
    registerAlertRoutes(scope, deps)
    registerReceiverRoutes(scope, deps)
  })
}
