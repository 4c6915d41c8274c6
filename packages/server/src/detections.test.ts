import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startTestServer, type TestServer } from './testing/test-server.ts'

let server: TestServer
let rulesDir: string

const rules = `
title: Failed sign-in
id: 00000000-0000-4000-8000-0000000000a1
name: test_failed
detection: {selection: {type: test_sign_in, outcome: failure}, condition: selection}
---
title: Test of spraying
id: 00000000-0000-4000-8000-0000000000a2
level: high
correlation:
  type: value_count
  rules: [test_failed]
  group-by: [ip]
  timespan: 10m
  condition: {field: person, gte: 3}
alert:
  summary: 'From {ip} somebody tried to sign in as {value} people, {count} times'
---
title: Test of watching this rule
id: 00000000-0000-4000-8000-0000000000a3
detection: {selection: {type: detection_rule_changed, target: 00000000-0000-4000-8000-0000000000a3}, condition: selection}
`

beforeAll(async () => {
  rulesDir = await mkdtemp(join(tmpdir(), 'rules-'))
  await writeFile(join(rulesDir, 'test.yml'), rules)
  server = await startTestServer({ rulesDir, shippedRules: true })
})
afterAll(async () => {
  await server.remove()
  await rm(rulesDir, { recursive: true, force: true })
})

const failed = (person: string, second: number) => ({
  type: 'test_sign_in',
  outcome: 'failure',
  occurredAt: new Date(Date.now() - 60_000 + second * 1000).toISOString(),
  actor: { type: 'user', email: person },
  context: { ip: '203.0.113.9' },
})

describe('the server', () => {
  it('opens an alert of what comes in, tells it in the log, and lets more join', async () => {
    const drafts = ['ann@acme.test', 'bo@acme.test', 'cy@acme.test'].map(failed)
    expect((await server.post('/api/v1/events', { events: drafts })).status).toBe(201)
    const alert = await vi.waitFor(
      async () => {
        const { alerts } = await server.get('/api/v1/alerts')
        expect(alerts).toMatchObject([{ rule: { title: 'Test of spraying' }, eventCount: 3 }])
        // Checked above.
        return (alerts as Record<string, unknown>[])[0]
      },
      { timeout: 30_000, interval: 50 },
    )
    expect(alert).toMatchObject({
      status: 'open',
      summary: 'From 203.0.113.9 somebody tried to sign in as 3 people, 3 times',
      group: [{ field: 'ip', value: '203.0.113.9' }],
      people: ['ann@acme.test', 'bo@acme.test', 'cy@acme.test'],
      late: false,
    })
    const [told] = await server.find('type:alert_opened', 1)
    expect(told).toMatchObject({ targets: [{ type: 'alert', id: alert?.['id'] }], source: 'app' })
    await server.post('/api/v1/events', failed('dee@acme.test', 30))
    await vi.waitFor(
      async () => {
        const { alerts } = await server.get('/api/v1/alerts')
        expect(alerts).toMatchObject([
          {
            id: alert?.['id'],
            eventCount: 4,
            summary: 'From 203.0.113.9 somebody tried to sign in as 4 people, 4 times',
          },
        ])
      },
      { timeout: 30_000, interval: 50 },
    )
    const evidence = await server.find(String(alert?.['q']), 4)
    expect(evidence.map(({ type }) => type)).toEqual(Array(4).fill('test_sign_in'))
    await server.find('type:alert_opened', 1)
  })

  it('finds who switches off the rule that watches the rules, or has it look away', async () => {
    const change = async (id: string, body: object): Promise<void> => {
      const response = await server.api(`/api/v1/detection-rules/${id}`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      expect(response.status).toBe(200)
    }
    const isFoundOnce = async (id: string): Promise<void> =>
      vi.waitFor(
        async () => {
          const { alerts } = await server.get(`/api/v1/alerts?rule=${id}`)
          expect(alerts).toMatchObject([{ rule: { id }, eventCount: 1 }])
        },
        { timeout: 30_000, interval: 50 },
      )
    const [shipped, own] = ['356ab5b3-877e-48e2-8488-10687a83fdf4', '00000000-0000-4000-8000-0000000000a3']
    await change(shipped, { exclusions: 'type:detection_rule_*' })
    await change(own, { enabled: false })
    await isFoundOnce(shipped)
    await isFoundOnce(own)
  })
})
