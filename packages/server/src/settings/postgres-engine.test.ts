import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { packageFolder } from '../package-folder.ts'
import { startPostgresServer, type PostgresServer } from '../testing/postgres-server.ts'
import { commitWithEvent } from './commit-with-event.ts'
import { openSettings, type Settings } from './open-settings.ts'
import { runSql } from './testing/settings-engines.ts'
import { startTcpProxy, type TcpProxy } from './testing/tcp-proxy.ts'
import { ensureWorkspace } from './workspaces.ts'

const now = Date.now
let server: PostgresServer
let databaseUrl: string
let count = 0
const closers: (() => Promise<void>)[] = []

beforeAll(async () => {
  server = await startPostgresServer()
})

beforeEach(async () => {
  const name = `engine_${++count}`
  await runSql(server.connectionString(), `create database ${name}`)
  databaseUrl = server.connectionString(name)
})

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

afterAll(async () => {
  await server.stop()
})

async function open(url = databaseUrl): Promise<Settings> {
  const settings = await openSettings({ databaseUrl: url, now })
  closers.push(settings.close)
  return settings
}

test('servers that start at the same time on an empty database make its tables once, and one workspace', async () => {
  const events: EventDraft[] = []
  const servers = await Promise.all([1, 2, 3, 4].map(async () => open()))
  // The first to come has not committed yet when the others look.
  const record = async (draft: EventDraft): Promise<void> => {
    events.push(draft)
    await sleep(200)
  }
  const workspaces = await Promise.all(
    servers.map(async (settings) => ensureWorkspace({ settings, record, now })),
  )
  expect(new Set(workspaces.map(({ id }) => id)).size).toBe(1)
  expect(events.map(({ type }) => type)).toEqual(['workspace_created'])
  const applied = await runSql(databaseUrl, 'select version from schema_migrations order by version')
  const migrations = await readdir(join(packageFolder, 'migrations', 'settings'))
  expect(applied.map(({ version }) => version)).toEqual(migrations.map((_, i) => i + 1))
})

describe('a commit whose answer does not come', () => {
  let proxy: TcpProxy
  let events: EventDraft[]
  const actor = { type: 'system', name: 'test' } as const

  beforeEach(async () => {
    proxy = await startTcpProxy(server.port)
    closers.push(proxy.close)
    events = []
  })

  async function change(fate: 'cut_before' | 'cut_after'): Promise<string> {
    const settings = await open(proxy.through(databaseUrl))
    proxy.decide((piece) => (piece.includes('commit') ? fate : 'forward'))
    return commitWithEvent(
      settings,
      async (draft) => void events.push(draft),
      async (transaction) => {
        await transaction
          .insertInto('workspaces')
          .values({ id: 'w', name: 'Main', created_at: '2026-11-24T10:00:00.000Z' })
          .execute()
        return { result: 'done', event: { type: 'workspace_created', actor } }
      },
    )
  }
  const rows = async () => runSql(databaseUrl, 'select id from workspaces')

  test('but which happened is answered as such, with one event', async () => {
    expect(await change('cut_after')).toBe('done')
    expect(await rows()).toEqual([{ id: 'w' }])
    expect(events.map(({ type, outcome }) => [type, outcome])).toEqual([['workspace_created', undefined]])
  })

  test('because it never arrived is followed by an event that says so', async () => {
    await expect(change('cut_before')).rejects.toMatchObject({ code: 'unavailable' })
    expect(await rows()).toEqual([])
    expect(events.map(({ outcome, data }) => [outcome, data])).toEqual([
      [undefined, undefined],
      ['failure', { error: { code: 'commit_failed', message: expect.stringContaining('did not happen') } }],
    ])
  })
})

test('while PostgreSQL is away everything is refused as unavailable, and goes on by itself when it is back', async () => {
  const settings = await open()
  await ensureWorkspace({ settings, record: async () => {}, now })
  const read = async () => settings.db.selectFrom('workspaces').select('name').execute()
  expect(await read()).toHaveLength(1)
  // One connection waits in the middle of a transaction meanwhile, as for the journal; others are idle.
  let goOn = (): void => undefined
  const waiting = new Promise<void>((resolve) => (goOn = resolve))
  const inTransaction = commitWithEvent(
    settings,
    async () => waiting,
    async (transaction) => {
      await transaction.updateTable('workspaces').set({ name: 'Changed' }).execute()
      return { result: undefined, event: { type: 'x', actor: { type: 'system' } } }
    },
  ).catch((error: unknown) => error)
  await vi.waitFor(async () => {
    const waits = await runSql(
      databaseUrl,
      "select 1 from pg_stat_activity where state like 'idle in trans%'",
    )
    expect(waits).toHaveLength(1)
  })
  await server.halt()
  await expect(read()).rejects.toMatchObject({ code: 'unavailable' })
  expect(settings.findProblems()).toEqual(['The settings database cannot be reached.'])
  goOn()
  await server.start()
  expect(await inTransaction).toMatchObject({ code: 'unavailable' })
  await vi.waitFor(async () => expect(await read()).toEqual([{ name: 'Main' }]), { timeout: 10_000 })
  expect(settings.findProblems()).toEqual([])
})

test.each([
  ['53100', 'storage_full'],
  ['40001', 'unavailable'],
  ['40P01', 'unavailable'],
  ['53300', 'unavailable'],
  ['25006', 'unavailable'],
  ['42501', 'unavailable'],
])('the SQLSTATE %s is %s', async (sqlState, code) => {
  const settings = await open()
  await runSql(
    databaseUrl,
    `create function fail() returns trigger language plpgsql as
      $$ begin raise exception 'on demand' using errcode = '${sqlState}'; end $$;
    create trigger fail before insert on workspaces execute function fail()`,
  )
  const making = ensureWorkspace({ settings, record: async () => {}, now })
  await expect(making).rejects.toMatchObject({ code })
  // The connection is as good as before.
  expect(await settings.db.selectFrom('workspaces').selectAll().execute()).toEqual([])
})

test('a row that is there already is a conflict, and a text that PostgreSQL cannot hold is invalid', async () => {
  const settings = await open()
  const add = async (name: string) =>
    settings.db.insertInto('workspaces').values({ id: 'w', name, created_at: '' }).execute()
  await expect(add('a\0b')).rejects.toMatchObject({ code: 'invalid' })
  await add('Main')
  await expect(add('Main')).rejects.toMatchObject({ code: 'conflict' })
  // A mistake of ours stays one.
  await expect(sql`select nonsense`.execute(settings.db)).rejects.toMatchObject({ code: '42703' })
})

test('a row that somebody holds too long is not waited for without end', async () => {
  const settings = await open()
  await ensureWorkspace({ settings, record: async () => {}, now })
  await settings.db.transaction().execute(async (holder) => {
    await holder.updateTable('workspaces').set({ name: 'Held' }).execute()
    const start = performance.now()
    const changing = settings.db.updateTable('workspaces').set({ name: 'Other' }).execute()
    await expect(changing).rejects.toMatchObject({ code: 'unavailable' })
    expect(performance.now() - start).toBeLessThan(15_000)
  })
})

describe('the password of the address', () => {
  const inspect = async (url: string): Promise<string> => {
    const error: unknown = await openSettings({ databaseUrl: url, now }).catch((thrown: unknown) => thrown)
    const texts: string[] = []
    for (let cause = error; cause instanceof Error; cause = cause.cause) {
      texts.push(cause.message, cause.stack ?? '', JSON.stringify(cause))
    }
    return texts.join('\n')
  }

  test.each([
    ['is wrong', () => server.connectionString('postgres', 'postgres', 'sEcReT-word')],
    ['is for a database that is not there', () => server.connectionString('missing')],
    ['is for a server that is not there', () => 'postgres://ann:sEcReT-word@127.0.0.1:1/settings'],
  ])('is not in the error when it %s', async (_what, url) => {
    const text = await inspect(url())
    expect(text).toContain('AUDIT_DATABASE_URL')
    expect(text).not.toContain('sEcReT-word')
    expect(text).not.toContain(server.password)
  })
})

test('a user who may not make tables is told so at the start', async () => {
  await runSql(databaseUrl, `create role reader login password 'r'`)
  const url = new URL(databaseUrl)
  url.username = 'reader'
  url.password = 'r'
  await expect(openSettings({ databaseUrl: url.href, now })).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('permission denied for schema public'),
  })
})
