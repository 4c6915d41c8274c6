import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  postgresGatewaySettingsSchema,
  type PostgresGatewaySettings,
} from '@aleph-audit-log/domain/api/integrations'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPostgresServer, type PostgresServer } from '../../testing/postgres-server.ts'
import { checkGatewaySettings, testGatewaySettings } from './check-gateway-settings.ts'

let postgres: PostgresServer
let folder: string
/** Listens, and answers with what is no PostgreSQL. */
let stranger: Server

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gateway-settings-'))
  stranger = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
  })
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
  postgres = await startPostgresServer()
})
afterAll(async () => {
  stranger.close()
  await postgres?.stop()
  await rm(folder, { recursive: true })
})

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

async function settingsWith(over: Partial<PostgresGatewaySettings> = {}): Promise<PostgresGatewaySettings> {
  const here = { listenPort: await freePort(), serverHost: '127.0.0.1', serverPort: postgres.port }
  return postgresGatewaySettingsSchema.parse({ ...here, ...over })
}

const strangerPort = (): number => (stranger.address() as AddressInfo).port

async function problemOf(work: Promise<unknown>): Promise<unknown> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  return (error as { problems?: unknown[] } | undefined)?.problems?.[0]
}

describe('the settings of a gateway', () => {
  test('are good for a server that answers, over a port and over a unix socket', async () => {
    const answer = await testGatewaySettings(await settingsWith(), undefined)
    expect(answer).toEqual({ authentication: 'a SCRAM password' })
    const socket = await settingsWith({ serverHost: postgres.socketDir })
    expect(await testGatewaySettings(socket, undefined)).toHaveProperty('authentication')
  })

  test.each([
    ['serverHost', 'cannot be reached', async () => ({ serverPort: await freePort() })],
    ['serverHost', 'cannot be reached', async () => ({ serverHost: 'no-such-host.invalid' })],
    ['serverHost', 'does not answer as a PostgreSQL server', async () => ({ serverPort: strangerPort() })],
    ['serverTls', 'has no TLS', async () => ({ serverTls: 'require' as const })],
    ['serverTls', 'unix socket', async () => ({ serverTls: 'require' as const, serverHost: '/tmp' })],
    ['listenPort', 'is used by another program', async () => ({ listenPort: strangerPort() })],
    ['listenHost', 'is no address of this machine', async () => ({ listenHost: '203.0.113.1' })],
    [
      'serverCaFile',
      'does not exist',
      async () => ({ serverTls: 'verify-ca' as const, serverCaFile: '/no/where' }),
    ],
    [
      'serverCaFile',
      'is not a file',
      async () => ({ serverTls: 'verify-ca' as const, serverCaFile: '/dev/zero' }),
    ],
    [
      'serverCaFile',
      'is larger than',
      async () => {
        const file = join(folder, 'large.pem')
        await writeFile(file, Buffer.alloc(3 * 1024 * 1024))
        return { serverTls: 'verify-ca' as const, serverCaFile: file }
      },
    ],
    [
      'certificateFile',
      'certificate and key cannot be used',
      async () => {
        const file = join(folder, 'not.pem')
        await writeFile(file, 'nothing of the kind')
        return { clientTls: 'required' as const, certificateFile: file, keyFile: file }
      },
    ],
  ])('are refused at %s: it %s', async (field, message, over) => {
    const settings = await settingsWith(await over())
    expect(await problemOf(testGatewaySettings(settings, undefined))).toEqual({
      path: `settings.${field}`,
      message: expect.stringContaining(message),
    })
  })

  test('may keep the address that the gateway has already', async () => {
    const settings = await settingsWith({ listenPort: strangerPort() })
    await checkGatewaySettings(settings, { host: '127.0.0.1', port: strangerPort() })
  })
})
