import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { admitServer, type Admission, type AdmitServerOptions } from './admit-server.ts'
import { openSettings, type Settings } from './open-settings.ts'
import { settingsLimits } from './settings-limits.ts'
import { runSql, settingsEngines } from './testing/settings-engines.ts'

const now = Date.now
const secrets = { session: randomBytes(32), 'content-hash': randomBytes(32), redaction: randomBytes(32) }

describe('servers that share PostgreSQL', () => {
  const engine = settingsEngines.find(({ name }) => name === 'PostgreSQL')!
  afterAll(engine.stop)

  let databaseUrl: string
  let readAll: () => Promise<Buffer>
  const closers: (() => Promise<void>)[] = []
  beforeEach(async () => {
    const place = await engine.createPlace()
    closers.push(place.remove)
    databaseUrl = 'databaseUrl' in place.where ? place.where.databaseUrl : ''
    readAll = place.readAll
  })
  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close()
  })

  async function open(): Promise<Settings> {
    const settings = await openSettings({ databaseUrl, now })
    closers.push(settings.close)
    return settings
  }

  async function admit(node: string, over: Partial<AdmitServerOptions> = {}): Promise<Admission> {
    const admission = await admitServer({
      settings: await open(),
      node,
      secrets,
      secretsPath: '/data/secrets',
      hostName: 'host-of-test',
      processId: 77,
      now,
      warn: () => undefined,
      waitMsMax: 500,
      ...over,
    })
    closers.push(admission.close)
    return admission
  }

  test('are let in with the same secrets and their own node id', async () => {
    const admissions = await Promise.all([admit('aaaa'), admit('bbbb'), admit('cccc')])
    expect(admissions.map((admission) => admission.findProblems())).toEqual([[], [], []])
  })

  test('leave nothing of a secret in the database', async () => {
    await admit('aaaa')
    const all = (await readAll()).toString('latin1')
    expect(all).toContain('content-hash')
    for (const secret of Object.values(secrets)) {
      for (const form of ['hex', 'base64', 'base64url', 'latin1'] as const) {
        expect(all.includes(secret.toString(form))).toBe(false)
      }
    }
  })

  test('with another secret are refused, and told which file to copy', async () => {
    await admit('aaaa')
    const other = admit('bbbb', { secrets: { ...secrets, redaction: randomBytes(32) } })
    await expect(other).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(
        /Copy secrets\/redaction from .* into \/data\/secrets, and never secrets\/node/,
      ),
    })
  })

  test('of two that come first at the same time with different secrets one is refused', async () => {
    const found = await Promise.allSettled(
      ['aaaa', 'bbbb'].map(async (node) => admit(node, { secrets: { session: randomBytes(32) } })),
    )
    expect(found.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  })

  test('with the node id of a running one are refused, and let in when it has ended', async () => {
    const first = await admit('aaaa')
    await expect(admit('aaaa')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/process 77 on host-of-test.*node id aaaa.*data directory was copied/s),
    })
    const next = admit('aaaa', { waitMsMax: settingsLimits.nodeWaitMsMax })
    await first.close()
    expect((await next).findProblems()).toEqual([])
  })

  test('say so while their node id is not held, and take it again', async () => {
    const warn = vi.fn<(message: string) => void>()
    const admission = await admit('aaaa', { warn })
    await runSql(
      databaseUrl,
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'aleph-audit-log lock'`,
    )
    await vi.waitFor(() => expect(admission.findProblems()).toHaveLength(1))
    expect(warn).toHaveBeenCalledOnce()
    await vi.waitFor(() => expect(admission.findProblems()).toEqual([]), {
      timeout: settingsLimits.leaseTakeoverMsMax,
    })
  })
})
