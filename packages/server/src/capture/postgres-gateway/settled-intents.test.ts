import { describe, expect, test } from 'vitest'
import { GatewayFixture } from './testing/gateway-fixture.ts'
import { message, RawClient } from './testing/raw-client.ts'

const fixture = new GatewayFixture({}, { mode: 'enforce' })

function lastSettled(): number | undefined {
  return [...fixture.recorder.settled.values()].at(-1)
}

describe('an intent is settled', () => {
  test('as soon as all statements of its query are told, and not before', async () => {
    const client = await RawClient.signedIn(fixture.port)
    client.clear()
    client.send(message.query('select 1; select 2; select 3'))
    await client.ready()
    expect(fixture.recorder.sql()).toEqual(['select 1', 'select 2', 'select 3'])
    expect(lastSettled()).toBe(1)
    client.clear()
    client.send(message.query('select pg_sleep(0.2)'), message.query('select 4'))
    await client.ready(2)
    expect(lastSettled()).toBe(3)
    client.close()
  })

  test('when a portal was fetched to its end, or is closed', async () => {
    const client = await RawClient.signedIn(fixture.port)
    client.clear()
    client.send(
      message.query('begin'),
      message.parse('', 'select generate_series(1, 5)'),
      message.bind('slow', ''),
      message.execute('slow', 2),
      message.sync(),
    )
    await client.ready(2)
    expect(lastSettled()).toBeUndefined()
    client.clear()
    client.send(message.query('select 1'))
    await client.ready()
    // The later one waits for the earlier one.
    expect(lastSettled()).toBeUndefined()
    client.clear()
    client.send(message.execute('slow', 0), message.sync())
    await client.ready()
    expect(lastSettled()).toBe(2)
    client.close()
  })

  test('when a portal that was only bound is executed at last', async () => {
    const client = await RawClient.signedIn(fixture.port)
    client.clear()
    client.send(
      message.query('begin'),
      message.parse('', 'select 1'),
      message.bind('later', ''),
      message.sync(),
    )
    await client.ready(2)
    expect(lastSettled()).toBeUndefined()
    client.clear()
    client.send(message.execute('later'), message.sync())
    await client.ready()
    expect(lastSettled()).toBe(1)
    client.close()
  })

  test('also where the statement failed, or was passed over after a failure', async () => {
    const client = await RawClient.signedIn(fixture.port)
    client.clear()
    client.send(
      message.parse('', 'select 1 / 0'),
      message.bind('', ''),
      message.execute(''),
      message.parse('', 'select 2'),
      message.bind('', ''),
      message.execute(''),
      message.sync(),
    )
    await client.ready()
    expect(lastSettled()).toBe(2)
    client.close()
  })
})
