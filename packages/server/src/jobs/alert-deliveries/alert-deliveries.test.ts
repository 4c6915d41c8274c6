import { createHmac } from 'node:crypto'
import type { CreateReceiverRequest } from '@aleph-audit-log/domain/api/alert-receivers'
import type { AlertDelivery } from '@aleph-audit-log/domain/api/alerts'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { limits } from '../../config.ts'
import { createLog } from '../../log.ts'
import { listDeliveries, replayDelivery, requestTest } from '../../settings/alerts/alert-deliveries.ts'
import { changeReceiver, createReceiver } from '../../settings/alerts/alert-receivers.ts'
import { acknowledgeAlert, resolveAlert } from '../../settings/alerts/change-alert.ts'
import { openAlertPlace, type AlertPlace } from '../../settings/alerts/testing/alert-place.ts'
import { makeFinding } from '../../settings/alerts/testing/write-findings.ts'
import { changeMailSettings } from '../../settings/mail-settings.ts'
import { settingsEngines, type SettingsPlace } from '../../settings/testing/settings-engines.ts'
import { shownHeader, startMailbox, type Mailbox } from '../../testing/mailbox.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../../testing/webhook-receiver.ts'
import { AlertDeliveries, type AlertDeliveriesOptions } from './alert-deliveries.ts'

const hostile = '<!channel> @all <b>&lt;"\' [x](https://evil.test) \u202eevil'

describe.each(settingsEngines)('with settings in $name:', (engine) => {
  afterAll(engine.stop)

  let place: SettingsPlace
  let at: AlertPlace
  let receiver: WebhookReceiver
  let mailbox: Mailbox
  let servers: AlertDeliveries[]
  let log: string
  beforeEach(async () => {
    place = await engine.createPlace()
    at = await openAlertPlace(place)
    receiver = await startWebhookReceiver()
    mailbox = await startMailbox()
    servers = []
    log = ''
  })
  afterEach(async () => {
    for (const server of servers) await server.close()
    await receiver.close()
    await mailbox.close()
    await at.close()
    await place.remove()
  })

  const start = (over: Partial<AlertDeliveriesOptions> = {}): AlertDeliveries => {
    const server = new AlertDeliveries({
      settings: at.settings,
      sealer: at.sealer,
      now: () => at.clock.ms,
      workspaceName: async (id) => `Works <${id}>`,
      publicUrl: () => 'https://audit.acme.test',
      allowPrivate: true,
      record: async (draft) => at.act().record(draft),
      log: createLog((line) => (log += line)),
      limits: { ...limits.alertDeliveries, pollMs: 20, retryMs: [10_000, 60_000] },
      ...over,
    })
    servers.push(server)
    server.start()
    return server
  }
  const base = { name: 'Pager', levelMin: 'low' as const, enabled: true }
  const add = async (over: Partial<CreateReceiverRequest> = {}) => {
    const address = over.kind === 'email' ? {} : { url: `${receiver.url}/hook/SECRET` }
    // Each test gives what else its kind needs.
    const wanted = { ...base, kind: 'webhook', ...address, ...over } as CreateReceiverRequest
    return createReceiver(at.act(), at.sealer, wanted)
  }
  const open = async (...over: Parameters<typeof makeFinding>): Promise<string> => {
    const [written] = await at.write(makeFinding(...over))
    return written?.alert.id ?? ''
  }
  const deliveries = async (): Promise<AlertDelivery[]> =>
    (await listDeliveries(at.settings, at.viewer(), {})).deliveries
  const untilStates = async (...states: string[]): Promise<AlertDelivery[]> =>
    vi.waitFor(
      async () => {
        const found = await deliveries()
        expect(found.map(({ state }) => state).sort()).toEqual([...states].sort())
        return found
      },
      { timeout: 15_000, interval: 25 },
    )
  const bodies = (): Record<string, unknown>[] =>
    // Each is an object: see webhook-message.ts.
    receiver.received.map(({ body }) => JSON.parse(body) as Record<string, unknown>)

  test('a webhook is told each step, signed so that its receiver can check it', async () => {
    const { secret = '' } = await add()
    start()
    const id = await open()
    await untilStates('delivered')
    at.clock.ms += 5000
    await acknowledgeAlert(at.act(), id)
    await untilStates('delivered', 'delivered')
    await resolveAlert(at.act(), id, { resolution: 'true_positive', reason: 'Blocked the address' })
    const all = await untilStates('delivered', 'delivered', 'delivered')
    expect(bodies()).toMatchObject([
      {
        type: 'alert.opened',
        timestamp: '2026-11-28T12:00:00.000Z',
        data: {
          workspace: { id: 'w1', name: 'Works <w1>' },
          alert: {
            id,
            url: `https://audit.acme.test/alerts/${id}`,
            summary: '203.0.113.9 failed to sign in as 12 people',
            eventIds: ['e1', 'e2'],
          },
        },
      },
      { type: 'alert.acknowledged', timestamp: '2026-11-28T12:00:05.000Z' },
      {
        type: 'alert.resolved',
        data: { alert: { status: 'resolved', resolution: 'true_positive', reason: 'Blocked the address' } },
      },
    ])
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
    for (const { headers, body, path } of receiver.received) {
      const signed = `${headers['webhook-id'] as string}.${headers['webhook-timestamp'] as string}.${body}`
      const expected = createHmac('sha256', key).update(signed).digest('base64')
      expect(headers['webhook-signature']).toBe(`v1,${expected}`)
      expect(headers['content-type']).toBe('application/json')
      expect(path).toBe('/hook/SECRET')
    }
    expect(receiver.received[1]?.headers['webhook-timestamp']).toBe(
      String(Date.parse('2026-11-28T12:00:05Z') / 1000),
    )
    expect(all.map((one) => one.id).sort()).toEqual(
      receiver.received.map(({ headers }) => String(headers['webhook-id'])).sort(),
    )
    expect(all[0]).toMatchObject({ message: 'The receiver answered 200.', attempts: 1 })
  })

  test('what fails is sent again after growing pauses under the same id, then is a dead letter that can be sent again', async () => {
    await add()
    receiver.answers = [500, 503, 404]
    start()
    const id = await open()
    const tried = async (count: number) =>
      vi.waitFor(async () => {
        expect(receiver.received).toHaveLength(count)
        expect((await deliveries())[0]?.state).not.toBe('running')
      }, 15_000)
    await tried(1)
    expect(await deliveries()).toMatchObject([
      {
        state: 'waiting',
        attempts: 1,
        retryAt: '2026-11-28T12:00:10.000Z',
        message: 'The receiver answered 500.',
        alert: { id, title: 'Password spraying' },
        receiver: { name: 'Pager' },
      },
    ])
    at.clock.ms += 9999
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(receiver.received).toHaveLength(1)
    at.clock.ms += 1
    await tried(2)
    expect((await deliveries())[0]?.retryAt).toBe('2026-11-28T12:01:10.000Z')
    at.clock.ms += 60_000
    const [dead] = await untilStates('dead')
    expect(dead).toMatchObject({ attempts: 3, message: 'The receiver answered 404.' })
    expect(at.events.at(-1)).toMatchObject({
      type: 'alert_delivery_failed',
      outcome: 'failure',
      data: { step: 'opened', attempts: 3, error: { message: 'The receiver answered 404.' } },
      targets: [
        { type: 'alert_receiver', name: 'Pager' },
        { type: 'alert', id },
      ],
    })
    await replayDelivery(at.act(), dead?.id ?? '')
    await untilStates('delivered')
    expect(at.events.at(-1)).toMatchObject({
      type: 'alert_delivery_replayed',
      data: { deliveryId: dead?.id },
    })
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    await expect(replayDelivery(at.act(), dead?.id ?? '')).rejects.toMatchObject({ code: 'conflict' })
    expect(log).not.toContain('SECRET')
    expect(JSON.stringify(at.events)).not.toContain('SECRET')
  })

  test('a receiver that is gone for good (410), or redirects elsewhere, is told so in words', async () => {
    await add()
    receiver.answers = [410]
    start()
    await open()
    expect(await untilStates('dead')).toMatchObject([{ attempts: 1, message: 'The receiver answered 410.' }])
    receiver.answers = [302]
    await open({ group: [] })
    await vi.waitFor(async () => {
      const waiting = (await deliveries()).find(({ state }) => state === 'waiting')
      expect(waiting?.message ?? '').toContain('Redirects are not followed')
    }, 15_000)
  })

  test('a delivery whose server ended in the middle is sent again under the same id', async () => {
    await add()
    await open()
    let unlock = (): void => undefined
    const locked = new Promise<void>((resolve) => (unlock = resolve))
    receiver.onPost = async () => locked
    const first = start()
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1), 15_000)
    await first.close()
    expect((await deliveries())[0]).toMatchObject({ state: 'waiting', attempts: 0 })
    // As a process that is killed leaves it.
    await at.settings.db.updateTable('alert_deliveries').set({ state: 'running', attempts: 1 }).execute()
    receiver.onPost = async () => undefined
    unlock()
    start()
    expect(await untilStates('delivered')).toMatchObject([{ attempts: 2 }])
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  })

  test('a slow receiver delays no other, and one that is switched off gets nothing until it is on again', async () => {
    const quick = await startWebhookReceiver()
    await add({ name: 'Slow' })
    const off = await add({ name: 'Off', url: `${quick.url}/off` })
    await add({ name: 'Quick', url: `${quick.url}/quick` })
    let unlock = (): void => undefined
    const locked = new Promise<void>((resolve) => (unlock = resolve))
    receiver.onPost = async () => locked
    await open()
    await changeReceiver(at.act(), at.sealer, off.receiver.id, { enabled: false })
    start()
    await untilStates('running', 'waiting', 'delivered')
    unlock()
    await untilStates('delivered', 'waiting', 'delivered')
    await changeReceiver(at.act(), at.sealer, off.receiver.id, { enabled: true })
    await untilStates('delivered', 'delivered', 'delivered')
    expect(quick.received.map(({ path }) => path)).toEqual(['/quick', '/off'])
    await quick.close()
  })

  test('receivers that do not answer leave room for those that do', async () => {
    const quick = await startWebhookReceiver()
    await add({ name: 'Silent', url: `${receiver.url}/a` })
    await add({ name: 'Silent too', url: `${receiver.url}/b` })
    const silent = { now: 0, most: 0 }
    receiver.onPost = async (left) => {
      silent.most = Math.max(silent.most, ++silent.now)
      await left
      silent.now--
      receiver.answers.push(undefined)
    }
    const short = { pollMs: 20, retryMs: [10_000, 60_000], deliveryMsMax: 400 }
    start({ limits: { ...limits.alertDeliveries, ...short, concurrentMax: 2, failingMax: 1 } })
    await open()
    await vi.waitFor(async () => {
      expect((await deliveries()).map(({ state, attempts }) => [state, attempts])).toEqual([
        ['waiting', 1],
        ['waiting', 1],
      ])
      expect(silent.now).toBe(0)
    }, 15_000)
    silent.most = 0
    await add({ name: 'Quick', url: quick.url })
    at.clock.ms += 10_000
    await open({ group: [] })
    await vi.waitFor(() => expect(quick.received).toHaveLength(1), 15_000)
    // Both of them are asked again, one after the other.
    await vi.waitFor(() => expect(receiver.received.length).toBeGreaterThanOrEqual(4), 15_000)
    expect(silent.most).toBe(1)
    await quick.close()
  })

  test('one that does not answer is not asked for each thing that waits for it', async () => {
    const quick = await startWebhookReceiver()
    await add({ name: 'Silent' })
    receiver.answers = [500, 500, 500, 500]
    for (const value of ['a', 'b', 'c']) await open({ group: [{ field: 'person', value }] })
    await add({ name: 'Quick', url: quick.url })
    await open({ group: [] })
    start({ limits: { ...limits.alertDeliveries, pollMs: 20, concurrentMax: 1, failingMax: 1 } })
    await vi.waitFor(() => expect(quick.received).toHaveLength(1), 15_000)
    expect(receiver.received).toHaveLength(1)
    at.clock.ms += limits.alertDeliveries.retryMs[0] ?? 0
    receiver.answers = []
    await untilStates(...Array.from({ length: 5 }, () => 'delivered'))
    await quick.close()
  })

  test('a test is sent once, also to a receiver that is switched off, and says how it went', async () => {
    const { receiver: made } = await add({ enabled: false })
    receiver.answers = [500]
    await requestTest(at.act(), made.id)
    await expect(requestTest(at.act(), made.id)).rejects.toMatchObject({ code: 'conflict' })
    start()
    expect(await untilStates('dead')).toMatchObject([{ step: 'test', message: 'The receiver answered 500.' }])
    await requestTest(at.act(), made.id)
    await untilStates('dead', 'delivered')
    expect(bodies()[1]).toMatchObject({
      type: 'alert.test',
      data: { message: 'This is a test. Alerts of the workspace Works <w1> can be sent here.' },
    })
    expect(at.events.map(({ type }) => type)).toContain('alert_receiver_tested')
  })

  test('nothing is sent to this machine unless the operator allows it', async () => {
    await add()
    await add({ name: 'By name', url: `http://localhost:${receiver.port}/` })
    start({ allowPrivate: false })
    await open()
    const dead = await untilStates('dead', 'dead')
    expect(dead.map(({ message }) => message?.includes('AUDIT_WEBHOOK_ALLOW_PRIVATE'))).toEqual([true, true])
    expect(receiver.received).toEqual([])
  })

  test('of a Slack message no text of an event becomes a link, a mention or a command', async () => {
    await add({ kind: 'slack', name: 'Chat' })
    start()
    const id = await open({ summaryOf: () => hostile, rule: { ...makeFinding().rule, title: hostile } })
    await untilStates('delivered')
    const [message] = bodies()
    const text = String(message?.['text'])
    const link = `<https://audit.acme.test/alerts/${id}|Open the alert>`
    expect(text.endsWith(link)).toBe(true)
    const own = text.slice(0, -link.length)
    expect(own).toContain('New alert (high): &lt;!channel&gt; @\u2060all &lt;b&gt;&amp;lt;')
    expect(own).not.toMatch(/[<>]|@all|:\/\/|\]\(/)
    const inMarkup = JSON.stringify(message).match(/"type":"mrkdwn","text":"[^"]*"/g)
    expect(inMarkup).toEqual([`"type":"mrkdwn","text":"${link}"`])
    expect(receiver.received[0]?.headers['webhook-signature']).toBeUndefined()
    // Chats are told what asks for somebody, not each step.
    await acknowledgeAlert(at.act(), id)
    expect(await deliveries()).toHaveLength(1)
  })

  test('an e-mail says what was found, with everything in it escaped, and comes once mail is set', async () => {
    await add({
      kind: 'email',
      name: 'Security',
      to: ['sec@acme.test', 'ops@acme.test'],
    })
    start()
    const id = await open({ summaryOf: () => hostile, people: [hostile, 'bo@acme.test'], late: true })
    const [waiting] = await vi.waitFor(async () => {
      const found = await deliveries()
      expect(found).toMatchObject([{ state: 'waiting', attempts: 1 }])
      return found
    }, 15_000)
    expect(waiting?.message).toContain('No server for e-mails is set')
    const mail = {
      host: '127.0.0.1',
      port: mailbox.port,
      tls: 'none' as const,
      user: '',
      from: 'audit@acme.test',
    }
    await changeMailSettings(at.act(), at.sealer, mail)
    at.clock.ms += 10_000
    await untilStates('delivered')
    const [got] = mailbox.received
    expect(got?.to).toEqual(['sec@acme.test', 'ops@acme.test'])
    expect(shownHeader(got?.headers.get('subject') ?? '')).toContain('New alert (high): <!channel>')
    expect(got?.headers.get('message-id')).toBe(`<${waiting?.id}@acme.test>`)
    expect(got?.text).toContain(`Open it: https://audit.acme.test/alerts/${id}`)
    expect(got?.text).toContain('Events: 2 events, 2026-11-28 10:00 to 2026-11-28 10:05 UTC')
    expect(got?.html).toContain('&lt;!channel&gt;')
    expect(got?.html).not.toMatch(/<b>|<!channel/)
    expect(got?.html).toContain('more than an hour after they happened')
  })

  test('what was sent is forgotten after a while', async () => {
    await add()
    const server = start()
    await open()
    await untilStates('delivered')
    at.clock.ms += limits.alertDeliveries.keptMs + limits.alertDeliveries.forgetEveryMs
    server.notify()
    await untilStates()
  })
})
