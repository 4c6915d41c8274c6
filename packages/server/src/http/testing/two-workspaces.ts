import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import { inviteMember } from '../../access/invitations.ts'
import { readXmlParts } from '../../search/export/testing/read-workbook.ts'
import { createIntegration } from '../../settings/integrations.ts'
import { createPerson } from '../../settings/people/people.ts'
import { registerServiceAccount } from '../../settings/people/service-accounts.ts'
import { newSchedule } from './add-schedule.ts'
import { fillPolicies } from './policy-paths.ts'
import { addAlert, fillAlerts, ruleSource } from './alert-paths.ts'
import { startInstallation, type Installation } from '../../testing/installation.ts'
import { bootstrapApiKey } from '../../testing/test-server.ts'

/** Stands in everything that the first workspace has, and in nothing of the second. */
export const marker = 'firstmark7c1e'
/** The same for the second workspace. */
export const ownMarker = 'secondmark3b9d'
/** Ids of events that both workspaces have. */
export const sharedIds = Array.from({ length: 30 }, () => randomUUID())

/** Found within a second, on a machine that has nothing else to do. */
const foundWithin = { timeout: 15_000, interval: 100 }

export type Answer = { status: number; text: string; headers: string }
type Headers = Record<string, string>

/** Two workspaces in one installation, with the same events, ids and people. */
export type TwoWorkspaces = {
  installation: Installation
  /** An empty file that an integration of the second workspace can follow. */
  logPath: string
  /** What the first workspace has, by which its routes could be asked. */
  first: {
    workspaceId: string
    admin: Headers
    userId: string
    keyId: string
    invitationId: string
    integrationId: string
    personId: string
    accountId: string
    viewId: string
    scheduleId: string
    alertId: string
    muteId: string
    receiverId: string
    deliveryId: string
    ruleId: string
    eventId: string
    signOffId: string
    policyId: string
    exceptionId: string
  }
  second: { workspaceId: string; userId: string; alertId: string; callers: Record<string, Headers> }
  send: (headers: Headers, method: string, path: string, body?: unknown) => Promise<Answer>
  remove: () => Promise<void>
}

export async function startTwoWorkspaces(): Promise<TwoWorkspaces> {
  const folder = await mkdtemp(join(tmpdir(), 'two-workspaces-'))
  const installation = await startInstallation()
  const { server } = installation
  const send: TwoWorkspaces['send'] = async (...request) => sendTo(server.url, ...request)
  const first = await fillFirst(installation, send, folder)
  const second = await fillSecond(installation, folder)
  const asBootstrap = { authorization: `Bearer ${bootstrapApiKey}` }
  const asOwnWriter = second.callers['key events:write'] ?? {}
  await send(asBootstrap, 'POST', '/api/v1/events', { events: draftsOf(marker) })
  await send(asOwnWriter, 'POST', '/api/v1/events', { events: draftsOf(ownMarker) })
  // The journal is applied in order: the second workspace's events come last.
  await vi.waitFor(async () => {
    const path = `/api/v1/events?q=application:${ownMarker}`
    const found = await send(second.callers['key events:read'] ?? {}, 'GET', path)
    const { events } = JSON.parse(found.text) as { events: unknown[] }
    if (events.length !== sharedIds.length) throw new Error(`${events.length} events are there`)
  }, foundWithin)
  return {
    installation,
    logPath: join(folder, `${ownMarker}.json`),
    first,
    second,
    send,
    remove: async () => {
      await installation.remove()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Every row of the settings that belongs to the first workspace. */
export async function readFirstSettings({ installation, first }: TwoWorkspaces): Promise<string> {
  const { db } = installation.settings
  const { workspaceId } = first
  return JSON.stringify([
    await db.selectFrom('workspaces').selectAll().where('id', '=', workspaceId).execute(),
    await db.selectFrom('memberships').selectAll().where('workspace_id', '=', workspaceId).execute(),
    await db.selectFrom('sessions').select('token_hash').where('user_id', '=', first.userId).execute(),
    await db.selectFrom('invitations').selectAll().where('workspace_id', '=', workspaceId).execute(),
    await db.selectFrom('api_keys').selectAll().where('workspace_id', '=', workspaceId).execute(),
    await db.selectFrom('integrations').selectAll().where('workspace_id', '=', workspaceId).execute(),
    await db.selectFrom('views').selectAll().where('workspace_id', '=', workspaceId).execute(),
    await db.selectFrom('mail_settings').selectAll().where('workspace_id', '=', workspaceId).execute(),
    await db.selectFrom('export_schedules').selectAll().where('workspace_id', '=', workspaceId).execute(),
    await db.selectFrom('alerts').selectAll().where('workspace_id', '=', workspaceId).execute(),
    await db.selectFrom('detection_rules').selectAll().where('workspace_id', '=', workspaceId).execute(),
    await db.selectFrom('alert_mutes').selectAll().where('workspace_id', '=', workspaceId).execute(),
    await db.selectFrom('alert_receivers').selectAll().where('workspace_id', '=', workspaceId).execute(),
    await db.selectFrom('alert_deliveries').selectAll().where('id', '=', first.deliveryId).execute(),
    await db.selectFrom('people').selectAll().where('workspace_id', '=', workspaceId).execute(),
    await db.selectFrom('person_keys').selectAll().where('workspace_id', '=', workspaceId).execute(),
    await db.selectFrom('service_accounts').selectAll().where('workspace_id', '=', workspaceId).execute(),
    await db.selectFrom('policies').selectAll().where('workspace_id', '=', workspaceId).execute(),
    await db.selectFrom('policy_exceptions').selectAll().where('workspace_id', '=', workspaceId).execute(),
    await db.selectFrom('table_tags').selectAll().where('workspace_id', '=', workspaceId).execute(),
    await db.selectFrom('access_reviews').selectAll().where('workspace_id', '=', workspaceId).execute(),
    await db.selectFrom('workspace_settings').selectAll().where('workspace_id', '=', workspaceId).execute(),
  ])
}

async function sendTo(
  url: string,
  headers: Headers,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const bytes = Buffer.from(await answer.arrayBuffer())
  const isWorkbook = answer.headers.get('content-type')?.includes('spreadsheet') ?? false
  const text = isWorkbook ? [...readXmlParts(bytes).values()].join('\n') : bytes.toString('utf8')
  return { status: answer.status, text, headers: JSON.stringify([...answer.headers]) }
}

async function fillFirst(
  installation: Installation,
  send: TwoWorkspaces['send'],
  folder: string,
): Promise<TwoWorkspaces['first']> {
  const { workspaceId, settings, addPerson, addKey, actIn } = installation
  const named = { name: `Works ${marker}` }
  await settings.db.updateTable('workspaces').set(named).execute()
  const email = `admin@${marker}.test`
  const admin = await addPerson({ workspaceId, role: 'admin', email, name: `Ada ${marker}` })
  const { keyId } = await addKey(workspaceId, ['events:read'], `Key ${marker}`)
  const invited = await inviteMember(actIn(workspaceId), { email: `new@${marker}.test`, role: 'auditor' })
  const only = { type: 'only_first', actor: { type: 'user', name: marker }, data: { sql: marker } }
  const sent = await send(admin.headers, 'POST', '/api/v1/events', only)
  const { ids } = JSON.parse(sent.text) as { ids: [string] }
  await makeIntegration(installation, folder, { workspaceId, name: 'Log', mark: marker })
  const directory = await fillDirectory(installation, workspaceId, marker)
  const viewId = await shareView(send, admin.headers)
  return {
    workspaceId,
    admin: admin.headers,
    userId: admin.userId,
    keyId,
    invitationId: invited.invitation.id,
    integrationId: await makeIntegration(installation, folder, {
      workspaceId,
      name: `Log ${marker}`,
      mark: marker,
    }),
    ...directory,
    ...(await fillPolicies(actIn(workspaceId), marker)),
    ...(await fillAlerts(installation, workspaceId, marker)),
    viewId,
    ruleId: await addRule(send, admin.headers),
    scheduleId: await fillSchedules(installation, send, admin.headers),
    eventId: ids[0],
    signOffId: await signReview(send, admin.headers),
  }
}

async function fillSecond(installation: Installation, folder: string): Promise<TwoWorkspaces['second']> {
  const { server, addPerson, addKey, addWorkspace } = installation
  const workspaceId = await addWorkspace(`Works ${ownMarker}`)
  const callers: Record<string, Headers> = { nobody: { origin: server.url } }
  let userId = ''
  for (const role of ['member', 'analyst', 'auditor', 'admin'] as const) {
    const person = await addPerson({ workspaceId, role, email: `${role}@${ownMarker}.test` })
    callers[role] = person.headers
    userId = person.userId
  }
  for (const scope of ['events:write', 'events:read', 'admin'] as const) {
    callers[`key ${scope}`] = (await addKey(workspaceId, [scope], `Key ${scope} ${ownMarker}`)).headers
  }
  await makeIntegration(installation, folder, { workspaceId, name: `Log ${ownMarker}`, mark: ownMarker })
  await fillDirectory(installation, workspaceId, ownMarker)
  await fillPolicies(installation.actIn(workspaceId), ownMarker)
  const alertId = await addAlert(installation, workspaceId, ownMarker)
  return { workspaceId, userId, callers, alertId }
}

/** A review with the marker in what can be asked for. */
async function signReview(send: TwoWorkspaces['send'], headers: Headers): Promise<string> {
  const reviewed = { tables: `${marker}.*`, from: '2026-01-01', to: '2026-02-01' }
  const path = '/api/v1/insights/access'
  const report = await send(headers, 'GET', `${path}?${new URLSearchParams(reviewed).toString()}`)
  const { hash } = JSON.parse(report.text) as { hash: string }
  const signed = await send(headers, 'POST', `${path}/sign-offs`, {
    ...reviewed,
    hash,
    lines: [],
    remark: marker,
  })
  return (JSON.parse(signed.text) as { signOff: { id: string } }).signOff.id
}

async function makeIntegration(
  { actIn }: Installation,
  folder: string,
  { workspaceId, name, mark }: { workspaceId: string; name: string; mark: string },
): Promise<string> {
  const path = join(folder, `${mark}.json`)
  await writeFile(path, '')
  const made = await createIntegration(actIn(workspaceId), {
    kind: 'postgres_log',
    name,
    settings: { path, bindParameters: 'types', logins: [{ login: mark, name: mark }] },
  })
  return made.id
}

/** A mail server, and a schedule that is never due. */
async function fillSchedules(
  { settings }: Installation,
  send: TwoWorkspaces['send'],
  headers: Headers,
): Promise<string> {
  const mail = {
    host: '127.0.0.1',
    port: 1,
    tls: 'none',
    user: marker,
    from: `m@${marker}.test`,
    password: marker,
  }
  await send(headers, 'PATCH', '/api/v1/mail-settings', mail)
  const sent = await send(headers, 'POST', '/api/v1/schedules', newSchedule('Shared', marker))
  const { id } = (JSON.parse(sent.text) as { schedule: { id: string } }).schedule
  await settings.db.updateTable('export_schedules').set({ next_due_at: null }).where('id', '=', id).execute()
  return id
}

async function addRule(send: TwoWorkspaces['send'], headers: Headers): Promise<string> {
  const sent = await send(headers, 'POST', '/api/v1/detection-rules', { source: ruleSource(marker) })
  return (JSON.parse(sent.text) as { rule: { id: string } }).rule.id
}

async function shareView(send: TwoWorkspaces['send'], headers: Headers): Promise<string> {
  const state = { q: marker, range: { past: '7d' }, noise: false, columns: ['name'] }
  const sent = await send(headers, 'POST', '/api/v1/views', { name: 'Shared', shared: true, state })
  return (JSON.parse(sent.text) as { view: { id: string } }).view.id
}

/** The login of the events, and an e-mail that both workspaces have, belong to somebody of this workspace's own. */
async function fillDirectory(
  { actIn }: Installation,
  workspaceId: string,
  mark: string,
): Promise<{ personId: string; accountId: string }> {
  const person = await createPerson(actIn(workspaceId), {
    name: `Person ${mark}`,
    emails: ['shared@acme.test'],
    logins: [mark],
    toolIds: ['metabase:39'],
    groups: [mark],
  })
  const account = await registerServiceAccount(actIn(workspaceId), {
    login: 'svc_bi',
    tool: 'metabase',
    note: mark,
  })
  return { personId: person.id, accountId: account.id }
}

/** The same people, statements and ids; `mark` stands wherever an event can hold a text. */
function draftsOf(mark: string): object[] {
  const occurredAt = new Date(Date.now() - 600_000).toISOString()
  return sharedIds.map((id, i) => ({
    id,
    type: i % 3 === 0 ? `${mark}_done` : 'query',
    occurredAt,
    actor: { type: 'user', id: `u${i % 4}`, name: `Ann ${mark}`, email: 'ann@acme.test' },
    outcome: i % 5 === 0 ? 'failure' : 'success',
    data: {
      sql: `select '${mark}' from orders, ${mark}_t ${i === 0 ? 'x'.repeat(40_000) : ''}`,
      database: mark,
      login: mark,
      [mark]: { deep: [mark] },
      error: { code: mark, message: mark },
    },
    targets: [{ type: mark, id: mark, name: mark }],
    context: { application: mark, sessionId: mark, requestId: mark, userAgent: mark, ip: '203.0.113.9' },
  }))
}
