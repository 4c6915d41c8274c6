import { idParamsSchema } from '@aleph-audit-log/domain/api/access'
import {
  changePersonRequestSchema,
  changeServiceAccountRequestSchema,
  createPersonRequestSchema,
  createServiceAccountRequestSchema,
  importPeopleRequestSchema,
  type ImportPeopleResponse,
  type Person,
  type PersonList,
  type ServiceAccount,
  type ServiceAccountList,
} from '@aleph-audit-log/domain/api/people'
import type { FastifyInstance } from 'fastify'
import { importPeople } from '../../settings/people/import-people.ts'
import { changePerson, createPerson, listPeople, removePerson } from '../../settings/people/people.ts'
import {
  changeServiceAccount,
  listServiceAccounts,
  registerServiceAccount,
  removeServiceAccount,
} from '../../settings/people/service-accounts.ts'
import { actOf, type AccessDeps } from './access-deps.ts'
import { readInput } from '../read-input.ts'

/** The directory of people and service accounts. What is answered holds for every event from then on. */
export function registerPeopleRoutes(app: FastifyInstance, deps: AccessDeps): void {
  registerPersonRoutes(app, deps)
  registerServiceAccountRoutes(app, deps)
}

function registerPersonRoutes(app: FastifyInstance, deps: AccessDeps): void {
  app.get('/api/v1/people', async (request): Promise<PersonList> => {
    const { viewer } = await actOf(request, deps)
    return { people: await listPeople(deps.settings, viewer) }
  })

  app.post('/api/v1/people', async (request, reply): Promise<{ person: Person }> => {
    const act = await actOf(request, deps)
    const person = await createPerson(act, readInput(createPersonRequestSchema, request.body))
    await deps.directoryChanged()
    reply.code(201)
    return { person }
  })

  app.post('/api/v1/people/import', async (request): Promise<ImportPeopleResponse> => {
    const act = await actOf(request, deps)
    const result = await importPeople(act, readInput(importPeopleRequestSchema, request.body))
    await deps.directoryChanged()
    return result
  })

  app.patch('/api/v1/people/:id', async (request): Promise<{ person: Person }> => {
    const act = await actOf(request, deps)
    const { id } = readInput(idParamsSchema, request.params)
    const person = await changePerson(act, id, readInput(changePersonRequestSchema, request.body))
    await deps.directoryChanged()
    return { person }
  })

  app.delete('/api/v1/people/:id', async (request, reply) => {
    await removePerson(await actOf(request, deps), readInput(idParamsSchema, request.params).id)
    await deps.directoryChanged()
    return reply.code(204).send()
  })
}

function registerServiceAccountRoutes(app: FastifyInstance, deps: AccessDeps): void {
  app.get('/api/v1/service-accounts', async (request): Promise<ServiceAccountList> => {
    const { viewer } = await actOf(request, deps)
    return { serviceAccounts: await listServiceAccounts(deps.settings, viewer) }
  })

  app.post(
    '/api/v1/service-accounts',
    async (request, reply): Promise<{ serviceAccount: ServiceAccount }> => {
      const act = await actOf(request, deps)
      const wanted = readInput(createServiceAccountRequestSchema, request.body)
      const serviceAccount = await registerServiceAccount(act, wanted)
      await deps.directoryChanged()
      reply.code(201)
      return { serviceAccount }
    },
  )

  app.patch('/api/v1/service-accounts/:id', async (request): Promise<{ serviceAccount: ServiceAccount }> => {
    const act = await actOf(request, deps)
    const { id } = readInput(idParamsSchema, request.params)
    const change = readInput(changeServiceAccountRequestSchema, request.body)
    const serviceAccount = await changeServiceAccount(act, id, change)
    await deps.directoryChanged()
    return { serviceAccount }
  })

  app.delete('/api/v1/service-accounts/:id', async (request, reply) => {
    const { id } = readInput(idParamsSchema, request.params)
    await removeServiceAccount(await actOf(request, deps), id)
    await deps.directoryChanged()
    return reply.code(204).send()
  })
}
