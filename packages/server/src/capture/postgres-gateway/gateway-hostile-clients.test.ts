import { describe, expect, test } from 'vitest'
import { GatewayFixture } from './testing/gateway-fixture.ts'
import { header, int16, int32, message, RawClient, typed } from './testing/raw-client.ts'
import { until } from './testing/test-gateway.ts'

const fixture = new GatewayFixture()

/** Another client is served as if nothing was, and nothing is left of the bad one. */
async function expectUndisturbed(): Promise<void> {
  await fixture.connected(async (client) => {
    expect((await client.query<{ n: number }>('select 41 + 1 as n')).rows).toEqual([{ n: 42 }])
  })
  await until(
    () => (fixture.gateway.status().connections === 0 ? true : undefined),
    'the end of all sessions',
  )
  expect(fixture.gateway.status().counters.internalErrors).toBe(0)
}

const packet = (code: number, rest = ''): Buffer => {
  const body = Buffer.concat([int32(code), Buffer.from(rest)])
  return Buffer.concat([int32(body.length + 4), body])
}
const v3 = 3 << 16

describe('before the sign-in', () => {
  const faults: [string, Buffer][] = [
    ['a length of 0', int32(0)],
    ['a length of 1', int32(1)],
    ['a length of 7', int32(7)],
    ['a length of -1', int32(-1)],
    ['the smallest length there is', int32(-(2 ** 31))],
    ['a length of 2 GB', int32(2 ** 31 - 1)],
    ['a length beyond what a packet may have', int32(10_001)],
    ['many zeros', Buffer.alloc(5000)],
    ['bytes that are all ones', Buffer.alloc(5000, 0xff)],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: audit\r\n\r\n')],
    ['SSH', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n')],
    ['a Query', message.query('select 1')],
    ['a Terminate', Buffer.concat([message.terminate(), message.sync()])],
    ['protocol 2', packet(2 << 16, 'ann\0')],
    ['protocol 1', packet(1 << 16)],
    ['protocol 4', packet(4 << 16, 'user\0ann\0\0')],
    ['protocol 0', packet(0, 'user\0ann\0\0')],
    ['no user', packet(v3, 'database\0postgres\0\0')],
    ['an empty user', packet(v3, 'user\0\0\0')],
    ['no parameters', packet(v3, '\0')],
    ['no terminator', packet(v3, 'user\0ann\0')],
    ['nothing but a version', packet(v3)],
    ['a name without a value', packet(v3, 'user\0ann\0database\0')],
    ['a value without its end', packet(v3, 'user\0ann')],
    ['something behind the terminator', packet(v3, 'user\0ann\0\0more')],
    ['two terminators', packet(v3, 'user\0ann\0\0\0')],
    ['a request for TLS that is too long', packet(80877103, 'x')],
    ['a request for GSS that is too long', packet(80877104, 'x')],
    ['a cancel request without a key', packet(80877102)],
    ['a cancel request with a short key', packet(80877102, 'xx')],
    ['a cancel request with a long key', packet(80877102, 'x'.repeat(300))],
    ['an unknown code of the same kind', packet(80877100)],
    ['a byte behind a request for TLS', Buffer.concat([message.sslRequest(), Buffer.from('x')])],
    [
      'a startup packet behind a request for TLS',
      Buffer.concat([message.sslRequest(), message.startup({ user: 'postgres' })]),
    ],
    [
      'a startup packet behind a request for GSS',
      Buffer.concat([message.gssRequest(), message.startup({ user: 'postgres' })]),
    ],
  ]
  test.each(faults)('%s is answered with the reason and the end of the connection', async (_, bytes) => {
    const client = await RawClient.open(fixture.port)
    client.send(bytes)
    await client.untilEnd()
    expect(client.errors()).toEqual([expect.objectContaining({ S: 'FATAL', C: '08P01' })])
    client.close()
    await expectUndisturbed()
    expect(Object.values(fixture.gateway.status().counters.faults)).toEqual([1])
  })

  test.each([
    ['a Query', message.query('drop table if exists nothing')],
    ['a Parse', message.parse('', 'select 1')],
    ['a Bind', message.bind('', '')],
    ['an Execute', message.execute('')],
    ['a Describe', message.describe('S', '')],
    ['a Close', message.close('S', '')],
    ['a Sync', message.sync()],
    ['a Flush', message.flush()],
    ['a FunctionCall', message.functionCall(1598, [])],
    ['COPY data', message.copyData('x')],
    ['a CopyDone', message.copyDone()],
    ['a CopyFail', message.copyFail('x')],
    ['an unknown type', typed('!')],
    ['a bad length', header('p', 3)],
    ['a token of 1 MB', header('p', 1_000_000)],
  ])('%s in one breath with the startup packet does not reach the server', async (_, bytes) => {
    const client = await RawClient.open(fixture.port)
    client.send(message.startup({ user: 'postgres' }), bytes)
    await client.untilEnd()
    expect(client.errors()).toEqual([expect.objectContaining({ S: 'FATAL', C: '08P01' })])
    expect(fixture.recorder.statements).toEqual([])
    client.close()
    await expectUndisturbed()
  })

  test('TLS at once, where the gateway has none, ends the connection', async () => {
    const client = await RawClient.open(fixture.port)
    client.send(Buffer.from([0x16, 0x03, 0x01, 0x00, 0x05, 0x01, 0x00, 0x00, 0x01, 0x00]))
    await client.untilEnd()
    client.close()
    await expectUndisturbed()
  })

  test('requests for encryption are answered no, and then a startup packet is welcome', async () => {
    const client = await RawClient.open(fixture.port)
    client.send(message.gssRequest())
    await until(() => (client.bytes.toString() === 'N' ? true : undefined), 'the first answer')
    client.send(message.sslRequest())
    await until(() => (client.bytes.toString() === 'NN' ? true : undefined), 'the second answer')
    client.clear()
    client.send(message.startup({ user: 'postgres', database: 'postgres' }))
    await client.ready()
    client.close()
  })

  test('a third request for encryption is one too many', async () => {
    const client = await RawClient.open(fixture.port)
    for (let i = 1; i <= 2; i++) {
      client.send(message.sslRequest())
      await until(() => (client.bytes.length === i ? true : undefined), 'an answer')
    }
    client.clear()
    client.send(message.sslRequest())
    await client.untilEnd()
    expect(client.errors()[0]?.['C']).toBe('08P01')
    client.close()
    await expectUndisturbed()
  })

  test.each([
    ['says nothing', (): void => undefined],
    [
      'sends half a packet',
      (client: RawClient) => client.send(message.startup({ user: 'postgres' }).subarray(0, 9)),
    ],
    ['stops after a request for TLS', (client: RawClient) => client.send(message.sslRequest())],
  ])('a client that %s is timed out', async (_, act) => {
    await fixture.restart({ limits: { signInMs: 50 } })
    const client = await RawClient.open(fixture.port)
    act(client)
    await client.untilEnd()
    expect(client.bytes.toString()).toContain('canceling authentication due to timeout')
    client.close()
    expect(fixture.gateway.status()).toMatchObject({ connections: 0, counters: { signInsTimedOut: 1 } })
  })

  test('a client that sends byte by byte is timed out, or signed in if it is quick enough', async () => {
    const bytes = message.startup({ user: 'postgres', database: 'postgres' })
    const quick = await RawClient.open(fixture.port)
    for (const byte of bytes) quick.send(Buffer.from([byte]))
    await quick.ready()
    quick.close()
    await fixture.restart({ limits: { signInMs: 50 } })
    const slow = await RawClient.open(fixture.port)
    for (let i = 0; !slow.isEnded && i < bytes.length - 1; i++) {
      slow.send(bytes.subarray(i, i + 1))
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    await slow.untilEnd()
    slow.close()
    expect(fixture.gateway.status().connections).toBe(0)
  })

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['half a length', Buffer.from([0, 0])],
    ['half a packet', message.startup({ user: 'postgres' }).subarray(0, 12)],
  ])('a client that leaves after %s leaves nothing behind', async (_, bytes) => {
    for (const leave of ['end', 'resetAndDestroy'] as const) {
      const client = await RawClient.open(fixture.port)
      client.send(bytes)
      client.socket[leave]()
      if (leave === 'end') await client.untilEnd()
      client.close()
    }
    await expectUndisturbed()
  })

  test('a newer protocol of version 3 is negotiated by the server', async () => {
    const client = await RawClient.open(fixture.port)
    client.send(message.startup({ user: 'postgres', database: 'postgres', '_pq_.something': 'x' }, 9))
    await client.ready()
    expect(client.types()).toContain('v')
    client.close()
    await until(() => fixture.recorder.ended[0], 'the end')
    expect(fixture.recorder.started[0]?.session.protocol).toBe('3.9')
  })

  test('protocol 3.2 with its long cancel keys passes, and so does the cancel request', async () => {
    const client = await RawClient.open(fixture.port)
    client.send(message.startup({ user: 'postgres', database: 'postgres' }, 2))
    await client.ready()
    const key = client.messages().find(({ type }) => type === 'K')?.body ?? Buffer.alloc(0)
    expect(key.length).toBe(4 + 32)
    client.send(message.query('select pg_sleep(60)'))
    while (client.errors().length === 0) {
      const canceller = await RawClient.open(fixture.port)
      canceller.send(message.cancel(key.readInt32BE(0), key.subarray(4)))
      await canceller.untilEnd()
      canceller.close()
    }
    expect(client.errors()[0]?.['C']).toBe('57014')
    client.close()
  })

  test('a cancel request with a wrong key cancels nothing', async () => {
    const client = await fixture.signedIn()
    const key = client.messages().find(({ type }) => type === 'K')?.body ?? Buffer.alloc(0)
    client.send(message.query('select pg_sleep(0.2)'))
    const canceller = await RawClient.open(fixture.port)
    canceller.send(message.cancel(key.readInt32BE(0), Buffer.from('fals')))
    await canceller.untilEnd()
    canceller.close()
    await client.ready(2)
    expect(client.errors()).toEqual([])
    client.close()
  })

  test.each(['true', 'on', 'yes', '1', 'database'])(
    'replication=%s is refused and told',
    async (replication) => {
      const client = await RawClient.open(fixture.port)
      client.send(message.startup({ user: 'postgres', database: 'postgres', replication }))
      await client.untilEnd()
      expect(client.errors()[0]).toMatchObject({ S: 'FATAL', C: '0A000' })
      expect(fixture.recorder.started[0]).toMatchObject({
        session: { replication: replication === 'database' ? 'logical' : 'physical' },
        error: { code: '0A000' },
      })
      client.close()
    },
  )

  test('replication that is let through is told as what it is, with its commands', async () => {
    await fixture.restart({ replication: 'allow' })
    const client = await RawClient.open(fixture.port)
    client.send(message.startup({ user: 'postgres', database: 'postgres', replication: 'database' }))
    await client.ready()
    client.send(message.query('IDENTIFY_SYSTEM'), message.query('select 1'))
    await client.ready(3)
    const facts = await fixture.told(client)
    expect(facts.map(({ text, rows }) => [text.sql, rows])).toEqual([
      ['IDENTIFY_SYSTEM', 1],
      ['select 1', 1],
    ])
    expect(fixture.recorder.started[0]?.session.replication).toBe('logical')
  })
})

describe('after the sign-in', () => {
  const faults: [string, Buffer][] = [
    ...(['Q', 'P', 'B', 'E', 'D', 'C', 'S', 'H', 'F', 'd', 'c', 'f', 'X', 'p'].flatMap((type) => [
      [`${type} of length 0`, header(type, 0)],
      [`${type} of length -1`, header(type, -1)],
      [`${type} of 2 GB`, header(type, 2 ** 31 - 1)],
    ]) as [string, Buffer][]),
    ['Q of length 3', header('Q', 3)],
    ['a message of the server', typed('Z', Buffer.from('I'))],
    ['a startup packet', message.startup({ user: 'postgres' })],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ]
  test.each(faults)('%s ends the session, and the statement before it is told', async (_, bytes) => {
    const client = await fixture.signedIn()
    client.clear()
    client.send(message.query('select 1'), bytes)
    await client.untilEnd()
    expect(client.errors().at(-1)).toMatchObject({ S: 'FATAL', C: '08P01' })
    client.close()
    await fixture.recorder.untilEnded()
    expect(fixture.recorder.sql()).toEqual(['select 1'])
    expect(fixture.recorder.ended[0]?.end.cause).toBe('protocol_fault')
    await expectUndisturbed()
  })

  test('no unknown type passes', async () => {
    const known = new Set('QPBEDCSHFdcfXp')
    const unknown = Array.from({ length: 256 }, (_, type) => type).filter(
      (type) => !known.has(String.fromCharCode(type)),
    )
    while (unknown.length > 0) {
      const some = unknown.splice(0, 20).map(async (type) => {
        const client = await fixture.signedIn()
        client.send(typed(type))
        await client.untilEnd()
        expect(client.errors()[0]?.['C']).toBe('08P01')
        client.close()
      })
      await Promise.all(some)
    }
    await expectUndisturbed()
    expect(fixture.gateway.status().counters.faults).toEqual({ unknown_type: 242 })
  })

  const broken: [string, Buffer[]][] = [
    ['a Query without its end', [typed('Q', Buffer.from('select 1'))]],
    ['a Query without anything', [typed('Q')]],
    ['a Query with something behind its end', [typed('Q', Buffer.from('select 1\0more\0'))]],
    ['a Query that is not UTF-8', [typed('Q', Buffer.from([0xff, 0xfe, 0x00]))]],
    ['a Parse without a text', [typed('P', Buffer.from('name\0')), message.sync()]],
    ['a Parse without anything', [typed('P'), message.sync()]],
    [
      'a Parse that tells of more types than it has',
      [typed('P', Buffer.concat([Buffer.from('\0select 1\0'), int16(9)])), message.sync()],
    ],
    ['a Bind without anything', [typed('B'), message.sync()]],
    [
      'a Bind that tells of more formats than it has',
      [
        message.parse('', 'select 1'),
        typed('B', Buffer.concat([Buffer.from('\0\0'), int16(32_000)])),
        message.sync(),
      ],
    ],
    [
      'a Bind that tells of more values than it has',
      [
        message.parse('', 'select $1'),
        typed('B', Buffer.concat([Buffer.from('\0\0'), int16(0), int16(-1)])),
        message.sync(),
      ],
    ],
    [
      'a Bind with a value of 2 GB',
      [
        message.parse('', 'select $1'),
        typed('B', Buffer.concat([Buffer.from('\0\0'), int16(0), int16(1), int32(2 ** 31 - 1)])),
        message.sync(),
      ],
    ],
    [
      'a Bind with a value of length -2',
      [
        message.parse('', 'select $1'),
        typed('B', Buffer.concat([Buffer.from('\0\0'), int16(0), int16(1), int32(-2), int16(0)])),
        message.sync(),
      ],
    ],
    ['an Execute without anything', [typed('E'), message.sync()]],
    ['a Describe of a kind that there is not', [typed('D', Buffer.from('?x\0')), message.sync()]],
    ['a Close without a name', [typed('C', Buffer.from('S')), message.sync()]],
    ['a FunctionCall without anything', [typed('F')]],
    ['a FunctionCall of a function that there is not', [message.functionCall(1, [])]],
    [
      'COPY data outside of COPY',
      [message.copyData('x'), message.copyDone(), message.copyFail('x'), message.sync()],
    ],
    ['a password after the sign-in', [message.password('x')]],
    [
      'a name of 9000 letters',
      [message.parse('n'.repeat(9000), 'select 1'), message.describe('S', 'n'.repeat(9000)), message.sync()],
    ],
  ]
  test.each(broken)('%s is left to the server, and what comes next is told right', async (_, messages) => {
    const client = await fixture.signedIn()
    client.clear()
    client.send(...messages)
    client.send(message.query("select 'next'"))
    // The server answers with an error and goes on, or ends the session.
    await until(() => (client.isEnded || client.types().endsWith('CZ') ? true : undefined), 'an answer')
    const isOver = client.isEnded
    client.send(message.terminate())
    client.close()
    await fixture.recorder.untilEnded()
    if (!isOver) {
      const next = fixture.recorder.facts().at(-1)
      expect(next).toMatchObject({ text: { sql: "select 'next'" }, rows: 1, tag: 'SELECT 1' })
    }
    await expectUndisturbed()
  })
})
