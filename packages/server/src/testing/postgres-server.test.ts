import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { startPostgresServer } from './postgres-server.ts'

test('a real PostgreSQL starts with jsonlog on, checks passwords, and leaves nothing behind', async () => {
  const server = await startPostgresServer({ settings: { application_name: "it's a test" } })
  try {
    const client = new Client({ connectionString: server.connectionString() })
    await client.connect()
    const { rows } = await client.query<{ version: string; name: string }>(
      "select current_setting('server_version_num') as version, current_setting('application_name') as name",
    )
    await client.end()
    expect(Number(rows[0]?.version)).toBeGreaterThanOrEqual(180_000)
    expect(rows[0]?.name).toBe("it's a test")

    const wrong = new Client({
      connectionString: server.connectionString('postgres', 'postgres', 'wrong'),
    })
    await expect(wrong.connect()).rejects.toMatchObject({ code: '28P01' })
    expect(await readFile(join(server.dataDir, 'current_logfiles'), 'utf8')).toMatch(
      /^jsonlog log\/\S+\.json\n$/,
    )
  } finally {
    await server.stop()
  }
  await expect(access(server.dataDir)).rejects.toMatchObject({ code: 'ENOENT' })
  const late = new Client({ connectionString: server.connectionString() })
  await expect(late.connect()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  await server.stop()
})

test('a setting that PostgreSQL does not know is told, and nothing is left running', async () => {
  await expect(startPostgresServer({ settings: { no_such_setting: '1' } })).rejects.toThrow(/no_such_setting/)
})
