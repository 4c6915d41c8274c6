import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readClientConfig, readConfig } from '../config.ts'
import { createLog } from '../log.ts'
import { bootstrapApiKey, startTestServer, type TestServer } from '../testing/test-server.ts'
import { connect, type Connection } from './connect.ts'
import { importPeople, listPeople } from './manage-people.ts'

let server: TestServer
let folder: string
let connection: Connection

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audit-people-'))
  server = await startTestServer()
  const client = readClientConfig({ AUDIT_URL: server.url, AUDIT_API_KEY: bootstrapApiKey })
  connection = await connect(client, readConfig({ AUDIT_DATA_DIR: folder }), createLog())
})
afterAll(async () => {
  await connection?.close()
  await server?.remove()
  await rm(folder, { recursive: true, force: true })
})

describe('people on the command line', () => {
  test('are imported from a file and listed', async () => {
    const file = join(folder, 'people.csv')
    await writeFile(
      file,
      'name,email,logins\nAnn Lee,ann@acme.test,ann;prod/alee\nBo\u001b[31m,bo@acme.test,\n',
    )
    await expect(importPeople(connection, file, {})).rejects.toMatchObject({
      code: 'invalid',
      problems: [{ path: 'line 3', message: expect.stringContaining('name must not contain') }],
    })
    await writeFile(file, 'name,email,logins\nAnn Lee,ann@acme.test,ann;prod/alee\nBo,bo@acme.test,\n')
    expect(await importPeople(connection, file, { dryRun: true })).toBe(
      '2 people would be added, 0 changed; 0 are as they were.',
    )
    expect(await importPeople(connection, file, {})).toBe(
      '2 people were added, 0 changed; 0 are as they were.',
    )
    expect(await listPeople(connection)).toEqual([
      'name\temail\tlogins\ttool_ids\tgroups\tleft_on',
      'Ann Lee\tann@acme.test\tann;prod/alee\t\t\t',
      'Bo\tbo@acme.test\t\t\t\t',
    ])
  })

  test('of a file that is not there are an error in words', async () => {
    await expect(importPeople(connection, join(folder, 'none.csv'), {})).rejects.toThrow(
      'none.csv cannot be read',
    )
  })
})
