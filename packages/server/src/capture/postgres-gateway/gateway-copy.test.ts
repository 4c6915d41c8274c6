import { describe, expect, test } from 'vitest'
import { GatewayFixture } from './testing/gateway-fixture.ts'
import { extended, message, type RawClient } from './testing/raw-client.ts'
import { until } from './testing/test-gateway.ts'

const fixture = new GatewayFixture()

// What it gives back does not stand in its text.
const hidden = "select 'it ' || 'ran'"

async function withTable(): Promise<RawClient> {
  const client = await fixture.signedIn()
  client.send(message.query('create temp table copied (n int)'))
  await client.ready(2)
  client.clear()
  return client
}

async function copyBegun(client: RawClient): Promise<void> {
  await until(() => (client.types().endsWith('G') ? true : undefined), 'the answer to COPY')
}

type Attempt = { begin: Buffer[]; waits: boolean; behind: Buffer[] }

const badData = message.copyData('x\n')
const amid = [badData, message.sync(), ...extended(hidden), message.copyData(''), message.sync()]
// What fails takes with it what was not answered: what came before it must have been told.
const beforeFailure = [
  message.close('S', 'none'),
  ...extended(hidden),
  message.sync(),
  ...extended('selec'),
  message.sync(),
]
const attempts: Record<string, Attempt> = {
  'behind bad data of a simple COPY': {
    begin: [message.query('copy copied from stdin')],
    waits: true,
    behind: amid,
  },
  'behind bad data of an extended COPY': {
    begin: [...extended('copy copied from stdin'), message.sync()],
    waits: true,
    behind: amid,
  },
  'a query behind bad data': {
    begin: [message.query('copy copied from stdin')],
    waits: true,
    behind: [badData, message.query(hidden), message.copyData('')],
  },
  'in one breath with a simple COPY': {
    begin: [message.query('copy copied from stdin')],
    waits: false,
    behind: amid,
  },
  'in one breath with an extended COPY': {
    begin: [...extended('copy copied from stdin'), message.sync()],
    waits: false,
    behind: amid,
  },
  'in one breath with a COPY that ends well, before something that fails': {
    begin: [...extended('copy copied from stdin'), message.sync()],
    waits: false,
    behind: [message.copyData('1\n'), message.copyDone(), message.sync(), ...beforeFailure],
  },
  'in one breath with a COPY that fails, before something that fails': {
    begin: [...extended('copy copied from stdin'), message.sync()],
    waits: false,
    behind: [badData, message.sync(), message.copyDone(), message.sync(), ...beforeFailure],
  },
}

describe.each(['observe', 'enforce'] as const)('in the mode %s', (mode) => {
  test.each(Object.entries(attempts))('no statement is hidden %s', async (_, { begin, waits, behind }) => {
    await fixture.restart({ mode })
    const client = await withTable()
    client.send(...(waits ? begin : [...begin, ...behind]))
    if (waits) {
      await copyBegun(client)
      client.send(...behind)
    }
    // The session goes on in step, or is over.
    client.send(message.query("select 'the end'"))
    await until(
      () => (client.isEnded || client.bytes.includes('the end') ? true : undefined),
      'the end of the conversation',
    )
    const ran = client.bytes.includes('it ran')
    const told = await fixture.told(client)
    if (ran) expect(told.map(({ text }) => text.sql)).toContain(hidden)
    if (waits) {
      // What comes in the middle of COPY data does not reach the server.
      expect(ran).toBe(false)
      expect(client.errors().at(-1)).toMatchObject({ S: 'FATAL', C: '08P01' })
      expect(fixture.gateway.status().counters.faults).toEqual({ out_of_step: 1 })
    }
    expect(fixture.gateway.status().counters.internalErrors).toBe(0)
  })

  test('bad data end a COPY of either protocol, and what comes next is told right', async () => {
    await fixture.restart({ mode })
    const client = await withTable()
    for (const begin of [
      [message.query('copy copied from stdin')],
      [...extended('copy copied from stdin'), message.sync()],
    ]) {
      const before = client.types().split('Z').length
      client.send(...begin)
      await copyBegun(client)
      client.send(badData, message.copyData('2\n'), message.copyDone(), message.sync())
      // A Sync that is no part of a COPY by the simple protocol is answered as well.
      await client.ready(before + (begin.length === 1 ? 1 : 0))
      client.send(...extended('select 1'), message.sync())
      await until(() => (client.types().endsWith('CZ') ? true : undefined), 'the answer')
    }
    expect((await fixture.told(client)).map(({ text, error }) => [text.sql, error?.code])).toEqual([
      ['create temp table copied (n int)', undefined],
      ['copy copied from stdin', '22P02'],
      ['select 1', undefined],
      ['copy copied from stdin', '22P02'],
      ['select 1', undefined],
    ])
  })
})
