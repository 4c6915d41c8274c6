import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AuditLog, type DeliveryError } from '@aleph-audit-log/sdk'
import { expect, test } from 'vitest'
import { startServer } from './server-process.ts'

const apiKey = 'a-bootstrap-key-of-the-sdk-test-0123456789'
const env = {
  AUDIT_BOOTSTRAP_API_KEY: apiKey,
  AUDIT_ADMIN_EMAIL: 'grace@acme.com',
  AUDIT_ADMIN_PASSWORD: 'violet tractor melts quietly',
}

async function storedNumbers(url: string): Promise<number[]> {
  const numbers: number[] = []
  let cursor: string | undefined
  do {
    const query = new URLSearchParams({ q: 'type:sdk.tried', limit: '1000', ...(cursor && { cursor }) })
    const response = await fetch(`${url}/api/v1/events?${query}`, {
      headers: { authorization: `Bearer ${apiKey}` },
    })
    expect(response.status).toBe(200)
    // The contract of GET /api/v1/events; a wrong shape fails the comparison below.
    const page = (await response.json()) as { events: { data: { number: number } }[]; nextCursor?: string }
    numbers.push(...page.events.map((event) => event.data.number))
    cursor = page.nextCursor
  } while (cursor !== undefined)
  return numbers.toSorted((a, b) => a - b)
}

test('what the SDK records while the server is killed and started again is stored exactly once', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'aleph-sdk-'))
  let server = await startServer({ dataDir, env })
  const { url } = server
  const errors: DeliveryError[] = []
  const auditLog = new AuditLog({ url, apiKey, onError: (error) => errors.push(error), batchEventsMax: 50 })
  try {
    const total = 5000
    for (let number = 0; number < total; number++) {
      await auditLog.record({ type: 'sdk.tried', actor: { type: 'service', id: 'loader' }, data: { number } })
      if (number === total / 2) {
        await server.kill()
        server = await startServer({ dataDir, env: { ...env, PORT: new URL(url).port } })
      }
    }
    await auditLog.flush()
    const expected = Array.from({ length: total }, (_, number) => number)
    await expect.poll(() => storedNumbers(url), { timeout: 10_000 }).toEqual(expected)

    void auditLog.record({
      type: 'sdk.tried',
      actor: { type: 'service', id: 'loader' },
      occurredAt: 'yesterday',
    })
    void auditLog.record({
      type: 'sdk.tried',
      actor: { type: 'service', id: 'loader' },
      data: { number: total },
    })
    await expect(auditLog.close()).rejects.toMatchObject({
      code: 'undelivered',
      events: [{ occurredAt: 'yesterday' }],
    })
    expect(errors).toMatchObject([{ code: 'refused', status: 400 }])
    expect(errors[0]?.message).toContain('occurredAt must be an RFC 3339 time')
    await expect.poll(() => storedNumbers(url), { timeout: 10_000 }).toEqual([...expected, total])
  } finally {
    await server.stop()
    await rm(dataDir, { recursive: true })
  }
})
