import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { GatewayStack, soon } from './gateway-stack.ts'

const stack = new GatewayStack()

/** Whether any file of the gateway's own holds this text. */
async function isOnDisk(text: string): Promise<boolean> {
  const files = await readdir(join(stack.folder, 'state'), { recursive: true, withFileTypes: true })
  const contents = await Promise.all(
    files
      .filter((file) => file.isFile())
      .map(async (file) => readFile(join(file.parentPath, file.name), 'latin1')),
  )
  return contents.some((content) => content.includes(text))
}

describe('a gateway as a program of its own', () => {
  it('sends what it sees to an audit log that is elsewhere, and ends in order', async () => {
    await stack.startGateway('observe')
    const client = await stack.connect()
    await client.query('select $1::text as far_away', ['customer 4711'])
    await client.end()
    await vi.waitFor(async () => {
      const [found] = await stack.find('far_away type:query')
      expect(found).toMatchObject({
        outcome: 'success',
        data: { rows: 1, bind: [{ type: 'text', length: 13 }] },
      })
    }, soon)
    expect(await stack.find('"customer 4711"')).toEqual([])
    expect(await stack.stopGateway('SIGTERM')).toBe(0)
  })

  it('keeps events on its disk while the audit log is away, also over its own death', async () => {
    await stack.startGateway('buffer')
    await stack.stopAuditLog()
    const client = await stack.connect()
    for (let n = 0; n < 20; n++) await client.query(`select ${n} as while_away`)
    await client.query("alter role postgres password 'hunter2 and more'")
    await client.query(`alter role postgres password '${stack.postgres.password}'`)
    await client.query('select 1 as last_before_the_end')
    await client.end()
    // What is told is on the disk soon, and in its order.
    await vi.waitFor(async () => expect(await isOnDisk('last_before_the_end')).toBe(true), soon)
    await stack.stopGateway('SIGKILL')
    expect(await isOnDisk('hunter2')).toBe(false)
    await stack.startAuditLog()
    await stack.startGateway('buffer')
    await vi.waitFor(async () => expect(await stack.find('last_before_the_end')).toHaveLength(1), soon)
    expect(await stack.find('while_away type:query')).toHaveLength(20)
    expect(await stack.find('"alter role" type:query')).toHaveLength(2)
  })

  it('leaves no statement unrecorded that it let through, also if it dies before the statement ends', async () => {
    await stack.startGateway('enforce')
    const client = await stack.connect()
    await client.query('create table if not exists enforced (n int)')
    await client.query('insert into enforced values (1)')
    const dying = client.query('insert into enforced select 2 from pg_sleep(30)').catch(String)
    const running = `select 1 from pg_stat_activity where query like 'insert into enforced select 2%'
      and pid <> pg_backend_pid()`
    await vi.waitFor(async () => expect(await stack.ask(running)).toHaveLength(1), soon)
    await stack.stopGateway('SIGKILL')
    await dying
    await stack.startGateway('enforce')
    await vi.waitFor(async () => {
      const found = await stack.find('table:enforced kind:write type:query')
      expect(found.map(({ outcome, data }) => [data.sql, outcome, data.outcomeUnknown])).toEqual([
        ['insert into enforced select 2 from pg_sleep(30)', 'failure', true],
        ['insert into enforced values (1)', 'success', undefined],
      ])
    }, soon)
    expect(await stack.find('table:enforced kind:ddl type:query')).toHaveLength(1)
  })
})
