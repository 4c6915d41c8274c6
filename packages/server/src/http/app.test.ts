import { expect, it } from 'vitest'
import { createApp } from './app.ts'
import { BodyBudget } from './body-budget.ts'

it.each([
  [true, '198.51.100.7'],
  [false, '127.0.0.1'],
])(
  'with a trusted proxy %s takes the address that the nearest machine saw, never one that a client wrote',
  async (trustProxy, ip) => {
    const app = createApp({
      trustProxy,
      bodyBytesMax: 1000,
      bodies: new BodyBudget(1000),
      settingsBodyBytesMax: 1000,
      settingsBodies: new BodyBudget(1000),
      settingsBodyMsMax: 1000,
      headersTimeoutMs: 1000,
      requestIdleMs: 1000,
      connectionsMax: 10,
      now: Date.now,
      checkRequest: () => undefined,
      onBug: (error) => {
        throw error
      },
    })
    app.get('/ip', async (request) => ({ ip: request.ip }))
    const headers = { 'x-forwarded-for': '203.0.113.66, 198.51.100.7' }
    const answer = await app.inject({ url: '/ip', remoteAddress: '127.0.0.1', headers })
    expect(answer.json()).toEqual({ ip })
    await app.close()
  },
)
