import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { Client, type ClientConfig } from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { unprivileged } from '../../testing/postgres-binaries.ts'
import { startPostgresServer, type PostgresServer } from '../../testing/postgres-server.ts'
import type { ClientTls, GatewayTls } from './gateway-tls.ts'
import type { GatewayOptions } from './start-gateway.ts'
import { FakeServer, welcome } from './testing/fake-server.ts'
import { makeCertificate, type TestCertificate } from './testing/make-certificate.ts'
import { message, RawClient } from './testing/raw-client.ts'
import { startTestGateway, until, type TestGateway } from './testing/test-gateway.ts'

const psql = '/usr/bin/psql'
const hosts = ['localhost', '127.0.0.1']
const authority = makeCertificate({ commonName: 'Test Authority' })
const stranger = makeCertificate({ commonName: 'Another Authority' })
const ofServer = makeCertificate({ commonName: 'server', issuer: authority, hosts: ['localhost'] })
const ofGateway = makeCertificate({ commonName: 'gateway', issuer: authority, hosts })

let folder: string
let server: PostgresServer
let fixture: TestGateway | undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gateway-tls-'))
  const files = {
    'server.crt': ofServer.certificate,
    'server.key': ofServer.key,
    'ca.crt': authority.certificate,
  }
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text, { mode: 0o600 })
    if (unprivileged !== undefined) await chown(join(folder, name), unprivileged.uid, unprivileged.gid)
  }
  if (unprivileged !== undefined) await chown(folder, unprivileged.uid, unprivileged.gid)
  server = await startPostgresServer({
    settings: {
      ssl: 'on',
      ssl_cert_file: join(folder, 'server.crt'),
      ssl_key_file: join(folder, 'server.key'),
    },
    hba: ['host all ann all trust', 'host all old all md5', 'local all ann trust'],
  })
  const admin = new Client({ connectionString: server.connectionString() })
  await admin.connect()
  await admin.query(
    `create role ann login; set password_encryption = md5; create role old login password 'older'`,
  )
  await admin.end()
})
afterAll(async () => {
  await server.stop()
  await rm(folder, { recursive: true })
})
afterEach(async () => {
  await fixture?.gateway.close()
  fixture = undefined
})

async function start(
  tls: GatewayTls,
  address?: GatewayOptions['server'],
  limits: GatewayOptions['limits'] = {},
): Promise<TestGateway> {
  fixture = await startTestGateway({
    server: address ?? { host: '127.0.0.1', port: server.port },
    tls,
    limits,
  })
  return fixture
}

const toGateway = (own: TestCertificate, options: Partial<ClientTls> = {}): ClientTls => ({
  certificate: own.certificate,
  key: own.key,
  required: false,
  clientCertificate: 'none',
  ...options,
})

async function query(sql: string, config: ClientConfig): Promise<unknown> {
  const { superuser: user, password } = server
  const client = new Client({
    host: '127.0.0.1',
    port: fixture?.port,
    user,
    password,
    database: 'postgres',
    ...config,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

/** What psql prints, or says when it fails. */
async function runPsql(settings: string, sql: string): Promise<string> {
  const target = `host=localhost hostaddr=127.0.0.1 port=${fixture?.port} user=postgres dbname=postgres sslrootcert=${join(folder, 'ca.crt')} ${settings}`
  return new Promise((resolve) => {
    const env = { ...process.env, PGPASSWORD: server.password }
    execFile(psql, ['-XAtq', '-c', sql, target], { env }, (_, out, err) => resolve(`${out}${err}`.trim()))
  })
}

const isServerEncrypted = 'select ssl from pg_stat_ssl where pid = pg_backend_pid()'

describe('TLS to the gateway and none to the server', () => {
  test('works with a driver that verifies the certificate, and is told', async () => {
    const { recorder } = await start({ client: toGateway(ofGateway) })
    const ssl = { ca: authority.certificate }
    expect(await query(isServerEncrypted, { ssl })).toEqual([{ ssl: false }])
    expect(recorder.started[0]?.session.isEncrypted).toBe(true)
    expect(await query('select 1 as n', { ssl: false })).toEqual([{ n: 1 }])
    expect(recorder.started[1]?.session.isEncrypted).toBe(false)
  })

  test.skipIf(!existsSync(psql))('works with psql (skipped where there is none)', async () => {
    await start({ client: toGateway(ofGateway) })
    expect(await runPsql('sslmode=verify-full', 'select 41 + 1')).toBe('42')
    expect(await runPsql('sslmode=prefer gssencmode=prefer', 'select 1')).toBe('1')
  })

  test('may be required', async () => {
    const { recorder } = await start({ client: toGateway(ofGateway, { required: true }) })
    await expect(query('select 1', { ssl: false })).rejects.toThrow('encrypted connections only')
    expect(recorder.started[0]?.error?.code).toBe('28000')
    expect(await query('select 1 as n', { ssl: { ca: authority.certificate } })).toEqual([{ n: 1 }])
  })

  test('may begin at once, without a request for it', async () => {
    const { port } = await start({ client: toGateway(ofGateway) })
    const socket = connectTls({
      port,
      host: '127.0.0.1',
      ca: authority.certificate,
      ALPNProtocols: ['postgresql'],
    })
    let got = ''
    socket.on('data', (bytes: Buffer) => (got += bytes.toString('latin1')))
    socket.write(message.startup({ user: 'ann', database: 'postgres' }))
    await until(() => (got.includes('Z\0\0\0\x05I') ? true : undefined), 'the end of the sign-in')
    expect(socket.alpnProtocol).toBe('postgresql')
    socket.end(message.terminate())
  })

  test.each([
    ['bytes that are no TLS', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['a startup packet in clear', message.startup({ user: 'ann' })],
    ['half a handshake', Buffer.from([0x16, 3, 1, 2])],
  ])('ends with %s instead of the handshake, and others are served', async (_, bytes) => {
    const { port, gateway } = await start({ client: toGateway(ofGateway) }, undefined, { signInMs: 2000 })
    const client = await RawClient.open(port)
    client.send(message.sslRequest())
    await until(() => (client.bytes.toString() === 'S' ? true : undefined), 'the answer')
    client.send(bytes)
    client.socket.end()
    await client.untilEnd()
    client.close()
    expect(await query('select 1 as n', { ssl: { ca: authority.certificate } })).toEqual([{ n: 1 }])
    await until(() => (gateway.status().connections === 0 ? true : undefined), 'no session')
  })

  test('takes no byte behind the request for it', async () => {
    const { port } = await start({ client: toGateway(ofGateway) })
    const client = await RawClient.open(port)
    client.send(Buffer.concat([message.sslRequest(), message.startup({ user: 'ann' })]))
    await client.untilEnd()
    expect(client.errors()[0]).toMatchObject({ C: '08P01', M: expect.stringContaining('unencrypted data') })
    client.close()
  })
})

describe('TLS to the server and none to the gateway', () => {
  test('works with SCRAM, as mechanisms that bind to the channel are not offered', async () => {
    const { recorder } = await start(
      { server: { mode: 'verify-full', authorities: authority.certificate } },
      { host: 'localhost', port: server.port },
    )
    expect(await query(isServerEncrypted, {})).toEqual([{ ssl: true }])
    expect(recorder.started[0]?.session.authentication?.method).toBe('scram-sha-256')
  })

  test.skipIf(!existsSync(psql))('works with psql (skipped where there is none)', async () => {
    await start({ server: { mode: 'require' } })
    expect(await runPsql('sslmode=prefer', isServerEncrypted)).toBe('t')
    expect(await runPsql('sslmode=disable', isServerEncrypted)).toBe('t')
  })

  test('works with MD5 and with no password at all', async () => {
    const { recorder } = await start({ server: { mode: 'require' } })
    expect(await query('select current_user', { user: 'old', password: 'older' })).toEqual([
      { current_user: 'old' },
    ])
    expect(await query('select current_user', { user: 'ann' })).toEqual([{ current_user: 'ann' }])
    expect(recorder.started.map(({ session }) => session.authentication?.method)).toEqual(['md5', undefined])
  })

  test.each(['verify-ca', 'verify-full'] as const)(
    'in mode %s refuses a server that a stranger signed',
    async (mode) => {
      const { recorder } = await start({ server: { mode, authorities: stranger.certificate } })
      await expect(query('select 1', {})).rejects.toThrow('cannot be reached')
      expect(recorder.started[0]?.error).toMatchObject({ code: '08001' })
    },
  )

  test('verifies the name of the server in mode verify-full alone', async () => {
    const authorities = authority.certificate
    const { recorder } = await start({ server: { mode: 'verify-full', authorities } })
    await expect(query('select 1', {})).rejects.toThrow('cannot be reached')
    expect(recorder.started[0]?.error?.message).toContain("does not match certificate's altnames")
    await fixture?.gateway.close()
    await start({ server: { mode: 'verify-ca', authorities } })
    expect(await query(isServerEncrypted, {})).toEqual([{ ssl: true }])
  })

  test('is refused where the server has none', async () => {
    const plain = await FakeServer.start()
    plain.onStartup = (socket) => void socket.write('N')
    await expect(start({ server: { mode: 'require' } }, plain.address)).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('no TLS'),
    })
    await plain.stop()
  })

  test('is refused where something comes behind the yes of the server', async () => {
    const attacked = await FakeServer.start()
    attacked.onStartup = (socket) => void socket.write(Buffer.concat([Buffer.from('S'), welcome]))
    await start({ server: { mode: 'require' } }, attacked.address)
    await expect(query('select 1', {})).rejects.toThrow('before the encryption')
    await attacked.stop()
  })
})

describe('TLS on both legs', () => {
  test("works with the server's own certificate, also where the password is bound to it", async () => {
    await start(
      {
        client: toGateway(ofServer),
        server: { mode: 'verify-full', authorities: authority.certificate },
      },
      { host: 'localhost', port: server.port },
    )
    const ssl = { ca: authority.certificate, checkServerIdentity: (): undefined => undefined }
    expect(await query(isServerEncrypted, { ssl, enableChannelBinding: true })).toEqual([{ ssl: true }])
    if (existsSync(psql)) {
      expect(await runPsql('sslmode=verify-full channel_binding=require', isServerEncrypted)).toBe('t')
    }
  })

  test('is refused at the start with another certificate', async () => {
    await expect(start({ client: toGateway(ofGateway), server: { mode: 'require' } })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining("the server's own certificate"),
    })
  })

  test('is refused with another certificate when the server comes later', async () => {
    const { port } = server
    await server.halt()
    await start({ client: toGateway(ofGateway), server: { mode: 'require' } }, { host: '127.0.0.1', port })
    await server.start()
    await expect(query('select 1', { ssl: { ca: authority.certificate } })).rejects.toThrow('own certificate')
  })
})

describe("a client's certificate", () => {
  const own = (commonName: string, issuer = authority): TestCertificate =>
    makeCertificate({ commonName, issuer })
  const tls = (clientCertificate: ClientTls['clientCertificate']): GatewayTls => ({
    client: toGateway(ofGateway, {
      required: true,
      clientCertificate,
      clientAuthorities: authority.certificate,
    }),
  })
  const ssl = (certificate?: TestCertificate): ClientConfig => ({
    user: 'ann',
    ssl: {
      ca: authority.certificate,
      ...(certificate === undefined ? {} : { cert: certificate.certificate, key: certificate.key }),
    },
  })

  test('proves who the client is', async () => {
    const { recorder } = await start(tls('verify-full'))
    expect(await query('select current_user', ssl(own('ann')))).toEqual([{ current_user: 'ann' }])
    expect(recorder.started[0]?.session.authentication).toEqual({ identity: 'CN=ann', method: 'cert' })
  })

  test.each([
    ['of somebody else', (): TestCertificate => own('bob'), 'not one of the user'],
    ['of a stranger', (): TestCertificate => own('ann', stranger), 'valid client certificate'],
    ['that is missing', (): undefined => undefined, 'valid client certificate'],
  ])('%s is refused and told', async (_, certificate, why) => {
    const { recorder } = await start(tls('verify-full'))
    await expect(query('select 1', ssl(certificate()))).rejects.toThrow(why)
    expect(recorder.started[0]).toMatchObject({ session: { login: 'ann' }, error: { code: '28000' } })
  })

  test('of somebody else is enough in mode verify-ca', async () => {
    const { recorder } = await start(tls('verify-ca'))
    expect(await query('select current_user', ssl(own('bob')))).toEqual([{ current_user: 'ann' }])
    expect(recorder.started[0]?.session.authentication).toEqual({ identity: 'CN=bob', method: 'cert' })
  })
})

describe('settings that cannot work', () => {
  test.each([
    ['TLS on a unix socket', { server: { mode: 'require' } }, { path: '/tmp/.s.PGSQL.5432' }, 'unix socket'],
    [
      'a certificate that is none',
      { client: { certificate: 'x', key: 'y', required: false, clientCertificate: 'none' } },
      undefined,
      'cannot be used',
    ],
    [
      'the key of another certificate',
      { client: { ...toGateway(ofGateway), key: ofServer.key } },
      undefined,
      'cannot be used',
    ],
    [
      "clients' certificates without who signs them",
      { client: toGateway(ofGateway, { clientCertificate: 'verify-ca' }) },
      undefined,
      'authorities',
    ],
    [
      'authorities that are none',
      { server: { mode: 'verify-ca', certificate: 'x', key: 'y' } },
      undefined,
      'cannot be used',
    ],
  ] as [string, GatewayTls, GatewayOptions['server'] | undefined, string][])(
    'are refused at the start: %s',
    async (_, tls, address, why) => {
      await expect(start(tls, address)).rejects.toMatchObject({
        code: 'invalid',
        message: expect.stringContaining(why),
      })
    },
  )

  test('room for too few pending messages', async () => {
    const address = { host: '127.0.0.1', port: server.port }
    await expect(startTestGateway({ server: address, limits: { pendingMax: 10 } })).rejects.toMatchObject({
      code: 'invalid',
    })
  })
})

test.skipIf(process.platform === 'win32')(
  'a unix socket of the server works (skipped on Windows, which has none)',
  async () => {
    const { recorder } = await start({}, { path: join(server.socketDir, `.s.PGSQL.${server.port}`) })
    expect(await query('select current_user', { user: 'ann' })).toEqual([{ current_user: 'ann' }])
    expect(recorder.started[0]?.session.serverPort).toBeUndefined()
  },
)
