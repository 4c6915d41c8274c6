import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { describe, expect, test } from 'vitest'
import { GatewayFixture } from './testing/gateway-fixture.ts'
import { message } from './testing/raw-client.ts'

const fixture = new GatewayFixture()
const programs = { psql: '/usr/bin/psql', pgbench: '/usr/bin/pgbench' }

/** Runs a program of PostgreSQL against the gateway, to its end. */
async function run(program: string, args: readonly string[]): Promise<string> {
  const env = {
    ...process.env,
    PGHOST: '127.0.0.1',
    PGPORT: String(fixture.port),
    PGUSER: 'postgres',
    PGDATABASE: 'postgres',
  }
  return new Promise((resolve, reject) => {
    execFile(program, [...args], { env, maxBuffer: 64 * 1024 * 1024 }, (error, out, err) => {
      if (error === null) resolve(out)
      else reject(new Error(`${program}: ${out}${err}`, { cause: error }))
    })
  })
}

describe('psql (skipped where there is none)', () => {
  const testIfThere = test.skipIf(!existsSync(programs.psql))

  testIfThere('runs what people type, and everything is told', async () => {
    const out = await run(programs.psql, [
      '-XAt',
      '-c',
      'create table typed (a int)',
      '-c',
      'insert into typed values (1), (2)',
      '-c',
      '\\dt typed',
      '-c',
      'select sum(a) from typed; select count(*) from typed',
      '-c',
      'drop table typed',
    ])
    expect(out).toContain('typed')
    expect(out.split('\n')).toEqual(expect.arrayContaining(['INSERT 0 2', '3', '2']))
    await fixture.recorder.untilEnded()
    expect(fixture.recorder.started[0]?.session.application).toBe('psql')
    expect(fixture.recorder.facts().map(({ tag, rows }) => [tag, rows])).toEqual([
      ['CREATE TABLE', undefined],
      ['INSERT 0 2', 2],
      ['SELECT 1', 1],
      ['SELECT 1', 1],
      ['SELECT 1', 1],
      ['DROP TABLE', undefined],
    ])
  })

  testIfThere('copies both ways', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gateway-copy-'))
    const file = join(folder, 'rows')
    await run(programs.psql, [
      '-Xq',
      '-c',
      `\\copy (select generate_series(1, 1000)) to '${file}'`,
      '-c',
      'create table copied (a int)',
      '-c',
      `\\copy copied from '${file}'`,
    ])
    expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(1001)
    await rm(folder, { recursive: true })
    await fixture.recorder.untilEnded()
    expect(fixture.recorder.facts().map(({ copy, rows }) => [copy, rows])).toEqual([
      ['out', 1000],
      [undefined, undefined],
      ['in', 1000],
    ])
  })
})

describe('pgbench (skipped where there is none)', () => {
  const testIfThere = test.skipIf(!existsSync(programs.pgbench))

  testIfThere.each(['simple', 'extended', 'prepared'])(
    'runs in its mode %s, and each of its statements is told',
    async (mode) => {
      await run(programs.pgbench, ['-i', '-q', '-s', '1'])
      await fixture.recorder.untilEnded()
      fixture.recorder.clear()
      await run(programs.pgbench, ['-n', '-M', mode, '-c', '4', '-t', '50'])
      await fixture.recorder.untilEnded(5)
      const tags = new Map<string, number>()
      for (const { tag = '' } of fixture.recorder.facts()) tags.set(tag, (tags.get(tag) ?? 0) + 1)
      expect(Object.fromEntries(tags)).toMatchObject({
        BEGIN: 200,
        COMMIT: 200,
        'UPDATE 1': 600,
        'INSERT 0 1': 200,
      })
    },
  )
})

describe('a driver that pipelines', () => {
  test('has each of its queries told, in order, with its own failure', async () => {
    const { superuser: user, password } = fixture.server
    const client = new Client({
      host: '127.0.0.1',
      port: fixture.port,
      user,
      password,
      database: 'postgres',
      pipeline: true,
    })
    await client.connect()
    const results = await Promise.allSettled(
      Array.from({ length: 200 }, async (_, i) => client.query('select 10 / $1::int as n', [i % 10])),
    )
    await client.end()
    await fixture.recorder.untilEnded()
    const failed = results.flatMap(({ status }, i) => (status === 'rejected' ? [i] : []))
    const facts = fixture.recorder.facts()
    expect(facts).toHaveLength(200)
    expect(facts.flatMap(({ error }, i) => (error === undefined ? [] : [i]))).toEqual(failed)
    expect(facts.map(({ bind }) => bind?.values[0])).toEqual(
      Array.from({ length: 200 }, (_, i) => String(i % 10)),
    )
  })
})

test('a server process that is killed in the middle of a statement leaves its outcome unknown', async () => {
  const client = await fixture.signedIn()
  client.send(message.query('create table if not exists killed (a int)'))
  await client.ready(2)
  client.send(message.query('insert into killed select 1 from pg_sleep(60)'))
  const pid = fixture.recorder.started[0]?.session.backendPid ?? 0
  process.kill(pid, 'SIGKILL')
  await client.untilEnd()
  client.close()
  await fixture.recorder.untilEnded()
  expect(fixture.recorder.facts().at(-1)).toMatchObject({
    text: { sql: 'insert into killed select 1 from pg_sleep(60)' },
    isOutcomeUnknown: true,
  })
  expect(fixture.recorder.ended[0]?.end.cause).toBe('server_failed')
})
