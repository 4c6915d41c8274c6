import {
  idParamsSchema,
  inviteRequestSchema,
  roleChangeRequestSchema,
  type InviteResponse,
  type Member,
  type MemberList,
} from '@aleph-audit-log/domain/api/access'
import type { FastifyInstance } from 'fastify'
import { inviteMember, withdrawInvitation } from '../../access/invitations.ts'
import { changeRole, listMembers, removeMember } from '../../access/members.ts'
import { actOf, type AccessDeps } from './access-deps.ts'
import { readInput } from '../read-input.ts'

/** Members of the workspace, and the invitations an admin makes. */
export function registerMemberRoutes(app: FastifyInstance, deps: AccessDeps): void {
  app.get('/api/v1/members', async (request): Promise<MemberList> => {
    const { viewer, nowMs } = await actOf(request, deps)
    return listMembers(deps.settings, viewer, nowMs)
  })

  app.post('/api/v1/members', async (request, reply): Promise<InviteResponse> => {
    const act = await actOf(request, deps)
    const { invitation, token } = await inviteMember(act, readInput(inviteRequestSchema, request.body))
    reply.code(201)
    return { invitation, link: `${deps.publicUrl()}/invitation?token=${token}` }
  })

  app.patch('/api/v1/members/:id', async (request): Promise<{ member: Member }> => {
    const act = await actOf(request, deps)
    const { id } = readInput(idParamsSchema, request.params)
    const { role } = readInput(roleChangeRequestSchema, request.body)
    return { member: await changeRole(act, { userId: id, role }) }
  })

  app.delete('/api/v1/members/:id', async (request, reply) => {
    await removeMember(await actOf(request, deps), readInput(idParamsSchema, request.params).id)
    return reply.code(204).send()
  })

  app.delete('/api/v1/members/invitations/:id', async (request, reply) => {
    await withdrawInvitation(await actOf(request, deps), readInput(idParamsSchema, request.params).id)
    return reply.code(204).send()
  })
}
