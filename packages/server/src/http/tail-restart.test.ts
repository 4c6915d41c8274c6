import { rm } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { followTail } from '../testing/follow-tail.ts'
import { bootstrapApiKey, startTestServer, type TestServer } from '../testing/test-server.ts'

const wholeLog = { authorization: `Bearer ${bootstrapApiKey}` }

it('tells what came while nobody followed and the server was away, and nothing twice', async () => {
  let server = await startTestServer()
  const { dataDir } = server
  const ids: string[] = []
  const told: string[] = []
  let lastId: string | undefined
  const add = async (to: TestServer): Promise<void> => {
    const events = Array.from({ length: 50 }, () => ({ type: 'away', actor: { type: 'system', id: 'x' } }))
    ids.push(...((await (await to.post('/api/v1/events', { events })).json()) as { ids: string[] }).ids)
  }
  try {
    for (let round = 0; round < 3; round++) {
      if (round > 0) await add(server)
      const before = told.length
      const tail = await followTail(server.url, wholeLog, {
        q: 'type:away',
        ...(lastId === undefined ? {} : { lastId }),
      })
      await add(server)
      await tail.untilEvents(ids.length - before)
      await add(server)
      await server.close()
      // The server ends it, with or without the last events.
      await tail.ended
      told.push(...tail.events.map(({ id }) => id))
      lastId = tail.lastId()
      server = await startTestServer({ dataDir })
    }
    const tail = await followTail(server.url, wholeLog, { q: 'type:away', lastId: lastId ?? '' })
    await tail.untilEvents(ids.length - told.length)
    told.push(...tail.events.map(({ id }) => id))
    await tail.close()
    expect(told).toEqual(ids)
    await server.close()
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
})
