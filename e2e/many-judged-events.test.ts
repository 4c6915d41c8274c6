import { afterAll, beforeAll, expect, it } from 'vitest'
import { addPolicies } from '../bench/add-policies.ts'
import { AuditServer } from '../bench/audit-server.ts'
import { EventMaker } from '../bench/made-events.ts'

let server: AuditServer

beforeAll(async () => {
  server = await AuditServer.start()
})

afterAll(async () => {
  await server?.stop()
})

// V8 compiles what is called often, and has ended processes there: see `load` in policy/cedar.ts.
it('a server with fifty policies judges events by the ten thousand, and goes on', async () => {
  await addPolicies(server, 50)
  const maker = new EventMaker(1)
  const count = 40_000
  const lines = Array.from({ length: count }, () => JSON.stringify(maker.make()))
  const bodies = Array.from({ length: 4 }, (_, i) =>
    lines.slice((i * count) / 4, ((i + 1) * count) / 4).join('\n'),
  )
  await Promise.all(bodies.map(async (body) => server.send(`${body}\n`)))
  await server.untilApplied()
  const { buckets } = await server.getJson<{ buckets: { count: number }[] }>('/api/v1/events/histogram', {
    q: 'policy:*',
  })
  expect(buckets.reduce((sum, one) => sum + one.count, 0)).toBeGreaterThan(count / 4)
}, 240_000)
