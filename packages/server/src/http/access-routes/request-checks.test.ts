import { afterAll, afterEach, describe, expect, test } from 'vitest'
import {
  send,
  startAccessServer,
  type AccessServer,
  type StartOptions,
} from './testing/start-access-server.ts'
import { settingsEngines } from '../../settings/testing/settings-engines.ts'

describe.each(settingsEngines)('with settings in $name:', (engine) => {
  afterAll(engine.stop)

  let server: AccessServer | undefined

  afterEach(async () => {
    await server?.close()
  })

  async function statusFor(options: StartOptions, host: string): Promise<number> {
    server = await startAccessServer(engine, options)
    const { statusCode } = await send(server, 'GET', '/api/v1/setup', undefined, { host })
    return statusCode
  }

  test.each(['127.0.0.1:4000', 'localhost:4000', 'LOCALHOST:4000', '[::1]:4000'])(
    'the machine’s own name %s is good while no public address is set',
    async (host) => {
      expect(await statusFor({}, host)).toBe(200)
    },
  )

  test.each([
    'evil.test',
    '127.0.0.1:4001',
    'localhost',
    'localhost:4000.evil.test',
    'evil.test/@localhost:4000',
    '127.0.0.1:4000@evil.test',
  ])('the Host %s is refused', async (host) => {
    expect(await statusFor({}, host)).toBe(403)
  })

  test('with a public address only that is good', async () => {
    const options = { publicUrl: 'https://audit.acme.test', isDefault: false }
    expect(await statusFor(options, 'audit.acme.test')).toBe(200)
    await server?.close()
    expect(await statusFor(options, 'localhost:4000')).toBe(403)
  })

  test('a write with a cookie needs an Origin that is ours; a script without a cookie needs none', async () => {
    server = await startAccessServer(engine)
    const body = { email: 'a@acme.test', password: 'x' }
    const statusWith = async (call: Parameters<typeof send>[4]): Promise<number> =>
      (await send(server!, 'POST', '/api/auth/sign-in/email', body, call)).statusCode
    expect(await statusWith({ origin: undefined, cookie: 'audit_session=x' })).toBe(403)
    expect(await statusWith({ origin: 'http://evil.test', cookie: 'audit_session=x' })).toBe(403)
    expect(await statusWith({ origin: 'null' })).toBe(403)
    expect(await statusWith({ origin: 'http://evil.test' })).toBe(403)
    expect(await statusWith({ origin: 'http://localhost:4000', cookie: 'audit_session=x' })).toBe(401)
    expect(await statusWith({ origin: undefined })).toBe(401)
  })
})
