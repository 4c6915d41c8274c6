import { randomUUID } from 'node:crypto'
import { createReceiver } from '../../settings/alerts/alert-receivers.ts'
import { newDelivery } from '../../settings/alerts/enqueue-deliveries.ts'
import { makeFinding, writeFindings } from '../../settings/alerts/testing/write-findings.ts'
import { createSealer } from '../../settings/seal-text.ts'
import type { Installation } from '../../testing/installation.ts'
import { admins, alertKeepers, wholeLogReaders, type Expected } from './route-expectations.ts'

type Call = { path: string; body?: unknown }
type Route = { expected: Expected; call: () => Call | Promise<Call> }

const newReceiver = (name: string): object => ({
  kind: 'email',
  name,
  levelMin: 'critical',
  enabled: false,
  to: ['board@acme.test'],
})
export const resolution = { resolution: 'benign', reason: 'A test' }
export const newMute = (reason: string): object => ({
  covers: 'group',
  until: new Date(Date.now() + 86_400_000).toISOString(),
  reason,
})

/** A rule that finds nothing, with the mark in what it holds. */
export function ruleSource(mark: string, id: string = randomUUID()): string {
  return [
    `title: Rule ${mark}`,
    `id: ${id}`,
    'status: test',
    'level: low',
    `description: ${mark}`,
    'detection:',
    '  never:',
    `    type: ${mark.replaceAll(/\W/g, '')}`,
    '  condition: never',
    '',
  ].join('\n')
}

function ruleRoutes(of: () => Installation, fresh: () => string): Record<string, Route> {
  const path = '/api/v1/detection-rules'
  const rule = async (): Promise<string> => addRule(of(), fresh())
  return {
    'GET /api/v1/detection-rules': { expected: wholeLogReaders(200), call: () => ({ path }) },
    'GET /api/v1/detection-rules/:id': {
      expected: wholeLogReaders(200),
      call: async () => ({ path: `${path}/${await rule()}` }),
    },
    'POST /api/v1/detection-rules': {
      expected: admins(201),
      call: () => ({ path, body: { source: ruleSource(fresh()) } }),
    },
    'PATCH /api/v1/detection-rules/:id': {
      expected: admins(200),
      call: async () => ({ path: `${path}/${await rule()}`, body: { exclusions: `actor:${fresh()}` } }),
    },
    'DELETE /api/v1/detection-rules/:id': {
      expected: admins(204),
      call: async () => ({ path: `${path}/${await rule()}` }),
    },
    'POST /api/v1/detection-rules/backtest': {
      expected: wholeLogReaders(200),
      call: () => ({ path: `${path}/backtest`, body: { source: ruleSource(fresh()) } }),
    },
  }
}

/** A rule, by the route that adds it: the server knows it at once. */
async function addRule({ server }: Installation, mark: string): Promise<string> {
  const made = await server.post('/api/v1/detection-rules', { source: ruleSource(mark) })
  return ((await made.json()) as { rule: { id: string } }).rule.id
}

/** Who may do what with alerts, receivers and rules; each call is made with a thing of its own. */
export function alertRoutes(of: () => Installation, fresh: () => string): Record<string, Route> {
  const alert = async (): Promise<string> => addAlert(of(), of().workspaceId, fresh())
  const get = (path: string, expected: Expected): Route => ({ expected, call: () => ({ path }) })
  const post = (step: string, expected: Expected, body?: () => unknown): Route => ({
    expected,
    call: async () => ({ path: `/api/v1/alerts/${await alert()}/${step}`, body: body?.() ?? {} }),
  })
  return {
    ...ruleRoutes(of, fresh),
    'GET /api/v1/alerts': get('/api/v1/alerts', wholeLogReaders(200)),
    'GET /api/v1/alerts/:id': {
      expected: wholeLogReaders(200),
      call: async () => ({ path: `/api/v1/alerts/${await alert()}` }),
    },
    'GET /api/v1/alerts/:id/context': {
      expected: wholeLogReaders(200),
      call: async () => ({ path: `/api/v1/alerts/${await alert()}/context` }),
    },
    'POST /api/v1/alerts/:id/acknowledge': post('acknowledge', alertKeepers(200)),
    'POST /api/v1/alerts/:id/resolve': post('resolve', alertKeepers(200), () => resolution),
    'POST /api/v1/alerts/:id/reopen': {
      // It is open.
      expected: alertKeepers(409),
      call: async () => ({ path: `/api/v1/alerts/${await alert()}/reopen`, body: {} }),
    },
    'POST /api/v1/alerts/:id/mute': post('mute', alertKeepers(201), () => newMute('A test')),
    'GET /api/v1/alert-mutes': get('/api/v1/alert-mutes', wholeLogReaders(200)),
    'DELETE /api/v1/alert-mutes/:id': {
      expected: alertKeepers(204),
      call: async () => ({ path: `/api/v1/alert-mutes/${await addMute(of(), of().workspaceId, fresh())}` }),
    },
    'GET /api/v1/alert-receivers': get('/api/v1/alert-receivers', admins(200)),
    'POST /api/v1/alert-receivers': {
      expected: admins(201),
      call: () => ({ path: '/api/v1/alert-receivers', body: newReceiver(fresh()) }),
    },
    'PATCH /api/v1/alert-receivers/:id': {
      expected: admins(200),
      call: async () => ({ path: `/api/v1/alert-receivers/${await receiver()}`, body: { name: fresh() } }),
    },
    'DELETE /api/v1/alert-receivers/:id': {
      expected: admins(204),
      call: async () => ({ path: `/api/v1/alert-receivers/${await receiver()}` }),
    },
    'POST /api/v1/alert-receivers/:id/test': {
      // One is on its way: what is sent in earnest would write while others of these tests write from beside.
      expected: admins(409),
      call: async () => {
        const id = await receiver()
        await addDelivery(of(), { receiverId: id, state: 'running' })
        return { path: `/api/v1/alert-receivers/${id}/test`, body: {} }
      },
    },
    'GET /api/v1/alert-deliveries': get('/api/v1/alert-deliveries', admins(200)),
    'POST /api/v1/alert-deliveries/:id/replay': {
      expected: admins(202),
      call: async () => ({
        path: `/api/v1/alert-deliveries/${await deadDelivery()}/replay`,
        body: {},
      }),
    },
  }

  async function receiver(): Promise<string> {
    return addReceiver(of(), of().workspaceId, fresh())
  }
  async function deadDelivery(): Promise<string> {
    const receiverId = await receiver()
    return addDelivery(of(), { receiverId, alertId: await alert(), state: 'dead' })
  }
}

/** An alert that was found, made without the rule that would find it; its id. */
export async function addAlert(
  { settings }: Installation,
  workspaceId: string,
  mark: string,
): Promise<string> {
  const finding = makeFinding({
    rule: { id: randomUUID(), title: `Rule ${mark}`, level: 'high' },
    group: [{ field: 'person', value: mark }],
    summaryOf: () => `Found ${mark}`,
    searchText: mark,
    people: [mark],
    tables: [mark],
    eventIds: [randomUUID()],
  })
  const [written] = await writeFindings(settings, { workspaceId, nowMs: Date.now(), findings: [finding] })
  return written?.alert.id ?? ''
}

async function addMute({ settings }: Installation, workspaceId: string, mark: string): Promise<string> {
  const id = randomUUID()
  const row = {
    id,
    workspace_id: workspaceId,
    rule_id: randomUUID(),
    group_json: JSON.stringify([{ field: 'person', value: mark }]),
    until: new Date(Date.now() + 86_400_000).toISOString(),
    reason: mark,
    created_at: new Date().toISOString(),
    created_by_id: 'gone',
    created_by_name: mark,
    created_by_email: null,
  }
  await settings.db.insertInto('alert_mutes').values(row).execute()
  return id
}

/** A receiver that is switched off, so that no alert is sent to it. */
async function addReceiver({ actIn }: Installation, workspaceId: string, mark: string): Promise<string> {
  const sealer = createSealer(Buffer.from('of the test alone'))
  const wanted = {
    kind: 'email' as const,
    name: mark,
    levelMin: 'critical' as const,
    enabled: false,
    to: [`x@${mark.replaceAll('@', '.')}`],
  }
  return (await createReceiver(actIn(workspaceId), sealer, wanted)).receiver.id
}

async function addDelivery(
  { settings }: Installation,
  wanted: { receiverId: string; alertId?: string; state: 'running' | 'dead' },
): Promise<string> {
  const { receiverId, alertId = null, state } = wanted
  const at = new Date().toISOString()
  const row = newDelivery({ receiverId, alertId, step: alertId === null ? 'test' : 'opened', at })
  const ended = state === 'dead' ? { retry_at: null, ended_at: at, message: 'Refused' } : {}
  await settings.db
    .insertInto('alert_deliveries')
    .values({ ...row, ...ended, state })
    .execute()
  return row.id
}

/** An alert, a mute, a receiver and what was sent to it, all with the mark in what they hold. */
export async function fillAlerts(
  installation: Installation,
  workspaceId: string,
  mark: string,
): Promise<{ alertId: string; muteId: string; receiverId: string; deliveryId: string }> {
  const receiverId = await addReceiver(installation, workspaceId, mark)
  const alertId = await addAlert(installation, workspaceId, mark)
  return {
    alertId,
    receiverId,
    muteId: await addMute(installation, workspaceId, mark),
    deliveryId: await addDelivery(installation, { receiverId, alertId, state: 'dead' }),
  }
}

type Ask = (method: string, path: string, body?: unknown) => Promise<{ status: number; text: string }>

/** Everything that can be done with rules. */
export async function useRules(ask: Ask, mark: string): Promise<void> {
  const id = randomUUID()
  const source = ruleSource(mark, id)
  await ask('POST', '/api/v1/detection-rules/backtest', { source })
  await ask('POST', '/api/v1/detection-rules', { source })
  await ask('PATCH', `/api/v1/detection-rules/${id}`, { enabled: false })
  await ask('DELETE', `/api/v1/detection-rules/${id}`)
}

/** Everything that can be done with alerts, by an admin of a workspace that has one. */
export async function useAlerts(ask: Ask, alertId: string, mark: string): Promise<void> {
  await ask('GET', `/api/v1/alerts/${alertId}/context`)
  await ask('POST', `/api/v1/alerts/${alertId}/acknowledge`, {})
  await ask('POST', `/api/v1/alerts/${alertId}/resolve`, { ...resolution, reason: mark })
  await ask('POST', `/api/v1/alerts/${alertId}/reopen`, {})
  const muted = await ask('POST', `/api/v1/alerts/${alertId}/mute`, newMute(mark))
  const { mute } = JSON.parse(muted.text) as { mute: { id: string } }
  await ask('DELETE', `/api/v1/alert-mutes/${mute.id}`)
  const made = await ask('POST', '/api/v1/alert-receivers', newReceiver(mark))
  const { receiver } = JSON.parse(made.text) as { receiver: { id: string } }
  await ask('PATCH', `/api/v1/alert-receivers/${receiver.id}`, { name: `${mark}!` })
  const tested = await ask('POST', `/api/v1/alert-receivers/${receiver.id}/test`, {})
  const { delivery } = JSON.parse(tested.text) as { delivery: { id: string } }
  // On its way, or given up: there is no server for e-mails.
  await ask('POST', `/api/v1/alert-deliveries/${delivery.id}/replay`, {})
  await ask('DELETE', `/api/v1/alert-receivers/${receiver.id}`)
}
