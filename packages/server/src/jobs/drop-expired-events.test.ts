import { afterAll, describe, expect, it, vi } from 'vitest'
import { startTestServer } from '../testing/test-server.ts'

const dayMs = 86_400_000

describe('retention', () => {
  const removals: (() => Promise<void>)[] = []
  afterAll(async () => {
    for (const remove of removals) await remove()
  })

  it('hides what is past it at once, drops its weeks by the clock of the application, and keeps the rest', async () => {
    let nowMs = Date.parse('2026-11-18T12:00:00Z')
    const now = (): number => nowMs
    const server = await startTestServer({ now, retentionDays: 30 })
    removals.push(server.remove)
    const at = (day: string): object => ({
      type: 'retention_test',
      actor: { type: 'user', id: '1' },
      occurredAt: `2026-${day}T12:00:00Z`,
    })
    const events = [at('10-20'), at('11-01'), at('11-17')]
    expect((await server.post('/api/v1/events', { events })).status).toBe(201)
    await server.find('type:retention_test', 3, '&from=2026-01-01')
    expect((await server.post('/api/v1/events', at('10-18'))).status).toBe(400)

    nowMs += 2 * dayMs
    await server.find('type:retention_test', 2, '&from=2026-01-01')
    await server.find('type:retention_test created:2026-10-20', 0)

    nowMs += 20 * dayMs
    await server.close()
    const later = await startTestServer({ now, retentionDays: 30, dataDir: server.dataDir })
    removals.unshift(later.close)
    await later.find('type:retention_test', 1, '&from=2026-01-01')
    await vi.waitFor(() =>
      expect(later.log()).toContain('Dropped the events of the weeks from 2026-10-19, 2026-10-26'),
    )
  })
})
