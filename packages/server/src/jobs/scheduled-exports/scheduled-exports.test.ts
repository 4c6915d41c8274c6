import { mkdir, readdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { ExportRun } from '@aleph-audit-log/domain/api/schedules'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { makeQuery } from '../../search/export/testing/export-events.ts'
import { openSettings } from '../../settings/open-settings.ts'
import { requestRun } from '../../settings/schedules/export-runs.ts'
import { changeSchedule, createSchedule, listSchedules } from '../../settings/schedules/schedules.ts'
import { settingsEngines, type SettingsPlace } from '../../settings/testing/settings-engines.ts'
import { createView } from '../../settings/views.ts'
import { mailUser, shownHeader } from '../../testing/mailbox.ts'
import type { ScheduledExports } from './scheduled-exports.ts'
import { startSchedules, wanted, type Schedules } from './testing/start-schedules.ts'

describe.each(settingsEngines)('with settings in $name:', (engine) => {
  afterAll(engine.stop)

  let place: SettingsPlace
  let at: Schedules
  let servers: ScheduledExports[]
  const start = (...options: Parameters<Schedules['server']>): ScheduledExports => {
    const server = at.server(...options)
    servers.push(server)
    server.start()
    return server
  }
  const stopAll = async (): Promise<void> => {
    for (const server of servers.splice(0)) await server.close()
  }

  beforeEach(async () => {
    place = await engine.createPlace()
    at = await startSchedules(place)
    servers = []
    await at.setMail()
    await at.append(
      makeQuery(1, 'select 1', { occurredAt: '2026-11-27T22:59:59.999999Z' }),
      makeQuery(2, 'select 2', { occurredAt: '2026-11-27T23:00:00.000000Z' }),
      makeQuery(3, '-- a comment\nselect 3', {
        occurredAt: '2026-11-28T22:59:59.999999Z',
        outcome: 'failure',
      }),
      makeQuery(4, 'select 4', { occurredAt: '2026-11-28T23:00:00.000000Z' }),
    )
    at.events.length = 0
  })
  afterEach(async () => {
    await stopAll()
    await at.close()
    await place.remove()
  })

  const schedule = async (...more: Parameters<typeof wanted>): Promise<string> =>
    (await createSchedule(await at.act(), wanted(...more))).id
  const runsOf = async (): Promise<ExportRun[]> => {
    const [found] = await listSchedules(at.settings, (await at.act()).viewer)
    return found?.runs ?? []
  }
  const untilRuns = async (...states: string[]): Promise<ExportRun[]> =>
    vi.waitFor(async () => {
      const runs = await runsOf()
      expect(runs.map(({ state }) => state)).toEqual(states)
      return runs
    })
  const typesSince = (): string[] => at.events.map(({ draft }) => draft.type)

  test('the day before is sent when it is due, once, with exactly its events', async () => {
    await schedule()
    start()
    at.clock.ms = Date.parse('2026-11-29T06:59:59Z')
    await delay(200)
    expect(await runsOf()).toEqual([])
    at.clock.ms = Date.parse('2026-11-29T07:00:00Z')
    const [run] = await untilRuns('delivered')
    expect(run).toMatchObject({
      trigger: 'schedule',
      dueAt: '2026-11-29T07:00:00.000Z',
      from: '2026-11-27T23:00:00.000Z',
      to: '2026-11-28T23:00:00.000Z',
      attempts: 1,
      rows: 2,
    })
    const [mail] = at.mailbox.received
    expect(mail).toMatchObject({ from: 'audit@acme.test', to: ['board@acme.test'] })
    expect(shownHeader(mail?.headers.get('subject') ?? '')).toBe('Audit log: Failures, 2026-11-28')
    const csv = mail?.attachment?.content.toString('utf8') ?? ''
    expect(csv.split('\r\n').filter((line) => line.includes('select'))).toHaveLength(2)
    expect(csv).toContain('select 2')
    expect(csv, 'marked for spreadsheets').toContain(`"'-- a comment\nselect 3`)
    expect(run?.bytes).toBe(mail?.attachment?.content.length)
    at.clock.ms = Date.parse('2026-11-29T20:00:00Z')
    await delay(200)
    expect(typesSince()).toEqual(['schedule_created', 'audit_log_exported', 'export_delivered'])
    expect(at.events[1]?.draft).toMatchObject({
      actor: { type: 'user', email: 'ann@acme.test' },
      data: { format: 'csv', query: 'type:query', schedule: 'Failures' },
    })
    expect(at.events[2]?.draft).toMatchObject({ data: { rows: 2, runId: run?.id } })
  })

  test('days of 23 and 25 hours are whole days', async () => {
    at.clock.ms = Date.parse('2026-03-29T12:00:00Z')
    const timing = { ...wanted().timing, hour: 2, minute: 30 }
    await schedule({ timing })
    start()
    at.clock.ms = Date.parse('2026-03-30T01:00:00Z')
    const [spring] = await untilRuns('delivered')
    expect([spring?.from, spring?.to]).toEqual(['2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'])
    await at.settings.db
      .updateTable('export_schedules')
      .set({ next_due_at: '2026-10-26T01:30:00.000Z' })
      .execute()
    at.clock.ms = Date.parse('2026-10-26T01:30:00Z')
    const [autumn] = await untilRuns('delivered', 'delivered')
    expect([autumn?.from, autumn?.to]).toEqual(['2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'])
  })

  test('two servers do not run a period twice, and the second one takes over', async () => {
    await schedule()
    const second =
      'path' in place.where ? at.settings : await openSettings({ ...place.where, now: () => at.clock.ms })
    start()
    start({ settings: second })
    at.clock.ms = Date.parse('2026-11-29T07:00:00Z')
    await untilRuns('delivered')
    await servers.shift()?.close()
    at.clock.ms = Date.parse('2026-11-30T07:00:00Z')
    await untilRuns('delivered', 'delivered')
    expect(at.mailbox.received).toHaveLength(2)
    await stopAll()
    if (second !== at.settings) await second.close()
  })

  test('a run whose server ends in the middle is run again: twice delivered at worst, never lost', async () => {
    await schedule()
    let release: () => void = () => undefined
    at.mailbox.onMail = async () => new Promise((resolve) => (release = resolve))
    start()
    at.clock.ms = Date.parse('2026-11-29T07:00:00Z')
    await vi.waitFor(() => expect(at.mailbox.received).toHaveLength(1), { timeout: 20_000 })
    // The mail is there; nobody has been told.
    await stopAll()
    release()
    at.mailbox.onMail = async () => undefined
    expect((await runsOf())[0]).toMatchObject({ state: 'waiting' })
    // As a power cut leaves it.
    await at.settings.db.updateTable('export_runs').set({ state: 'running' }).execute()
    start()
    await untilRuns('delivered')
    expect(at.mailbox.received).toHaveLength(2)
    const ids = at.mailbox.received.map(({ headers }) => headers.get('message-id'))
    expect(ids[0]).toBe(ids[1])
    expect(typesSince().filter((type) => type === 'export_delivered')).toHaveLength(1)
  })

  test('what fails for a while is tried again, later and later, and in the end has failed', async () => {
    await schedule()
    at.mailbox.refuse.mail.push(451, 451, 451)
    start()
    at.clock.ms = Date.parse('2026-11-29T07:00:00Z')
    const [first] = await vi.waitFor(
      async () => {
        const runs = await runsOf()
        expect(runs[0]).toMatchObject({ state: 'waiting', attempts: 1 })
        return runs
      },
      { timeout: 20_000 },
    )
    expect(first).toMatchObject({ retryAt: '2026-11-29T07:01:00.000Z' })
    expect(first?.message).toContain('refused')
    at.clock.ms += 60_000
    await vi.waitFor(async () => expect((await runsOf())[0]).toMatchObject({ state: 'waiting', attempts: 2 }))
    at.clock.ms += 300_000
    await untilRuns('failed')
    const failed = at.events.find(({ draft }) => draft.type === 'export_failed')
    expect(failed?.draft).toMatchObject({
      outcome: 'failure',
      data: { attempts: 3, error: { code: 'failed' } },
    })
    expect(servers[0]?.counts).toEqual({ delivered: 0, failed: 1 })
    // The next period is not hindered.
    at.clock.ms = Date.parse('2026-11-30T07:00:00Z')
    await untilRuns('delivered', 'failed')
  })

  test('a delivery that cannot be recorded at once is recorded later, and not made again', async () => {
    await schedule()
    at.mailbox.onMail = async () => {
      at.journal.full = true
    }
    start()
    at.clock.ms = Date.parse('2026-11-29T07:00:00Z')
    await vi.waitFor(() => expect(at.mailbox.received).toHaveLength(1), { timeout: 20_000 })
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect((await runsOf())[0]?.state).not.toBe('delivered')
    at.journal.full = false
    await untilRuns('delivered')
    expect(at.mailbox.received).toHaveLength(1)
  })

  test('periods that were missed are made up, as many as is bearable, and the rest is told', async () => {
    await schedule()
    at.clock.ms = Date.parse('2026-12-10T12:00:00Z')
    start({ madeUpMax: 3 })
    const runs = await untilRuns('delivered', 'delivered', 'delivered', 'skipped')
    expect(runs.map(({ from }) => from.slice(0, 10))).toEqual([
      '2026-12-08',
      '2026-12-07',
      '2026-12-06',
      '2026-11-27',
    ])
    expect(runs[3]?.message).toContain('9 periods were left out, from 2026-11-28 to 2026-12-06')
    expect(at.mailbox.received).toHaveLength(3)
    expect(typesSince().filter((type) => type === 'export_failed')).toHaveLength(1)
    // What fell due while it was switched off is not made up.
    const [found] = await listSchedules(at.settings, (await at.act()).viewer)
    const id = found?.id ?? ''
    await changeSchedule(await at.act(), id, { enabled: false })
    at.clock.ms = Date.parse('2026-12-20T12:00:00Z')
    await changeSchedule(await at.act(), id, { enabled: true })
    at.clock.ms = Date.parse('2026-12-21T12:00:00Z')
    await untilRuns('delivered', 'delivered', 'delivered', 'delivered', 'skipped')
  })

  test('it runs with the rights of its person as they are, and fails visibly without', async () => {
    const id = await schedule()
    const bo = await at.addAdmin('bo@acme.test')
    await at.settings.db
      .updateTable('memberships')
      .set({ role: 'analyst' })
      .where('user_id', '=', at.adminId)
      .execute()
    start()
    at.clock.ms = Date.parse('2026-11-29T07:00:00Z')
    const viewer = { ...(await at.act()).viewer, permissions: new Set(['admin', 'events:read'] as const) }
    const runs = async (): Promise<ExportRun[]> => (await listSchedules(at.settings, viewer))[0]?.runs ?? []
    await vi.waitFor(async () => expect((await runs())[0]?.message).toContain('is no admin any more'), {
      timeout: 20_000,
    })
    await at.settings.db.deleteFrom('memberships').where('user_id', '=', at.adminId).execute()
    at.clock.ms = Date.parse('2026-11-30T07:00:00Z')
    await vi.waitFor(async () => expect((await runs())[0]?.message).toContain('has left the workspace'), {
      timeout: 20_000,
    })
    expect(at.mailbox.received).toEqual([])
    expect(typesSince().filter((type) => type === 'audit_log_exported')).toEqual([])
    // Who saves it takes it over.
    const person = {
      ...viewer,
      userId: bo,
      actor: { type: 'user' as const, id: bo, name: 'bo', email: 'bo@acme.test' },
    }
    const record = async (): Promise<void> => undefined
    const taken = await changeSchedule(
      { settings: at.settings, viewer: person, record, nowMs: at.clock.ms },
      id,
      {
        name: 'Failures',
      },
    )
    expect(taken.runsAs).toEqual({ name: 'bo', email: 'bo@acme.test', mayRun: true })
    at.clock.ms = Date.parse('2026-12-01T07:00:00Z')
    await vi.waitFor(() => expect(at.mailbox.received).toHaveLength(1), { timeout: 20_000 })
  })

  test('a view is exported as the page shows it, and fails when it is shared no more', async () => {
    await at.append(
      makeQuery(5, 'begin', {
        occurredAt: '2026-11-28T10:00:00.000000Z',
        statement: {
          kind: 'tcl',
          parsed: true,
          tables: [],
          fingerprint: 'f',
          normalized: 'begin',
          flags: ['noise'],
        },
      }),
    )
    const state = { q: 'type:query', range: { past: '7d' as const }, noise: false, columns: ['data', 'name'] }
    const view = await createView(await at.act(), { name: 'Queries, <b>all</b>', shared: true, state })
    await schedule({ content: { viewId: view.id } })
    start()
    at.clock.ms = Date.parse('2026-11-29T07:00:00Z')
    await untilRuns('delivered')
    const [mail] = at.mailbox.received
    const lines = mail?.attachment?.content.toString('utf8').split('\r\n') ?? []
    expect(lines[0]?.replace('\uFEFF', '')).toBe('Data,Name')
    expect(lines.filter((line) => line.includes('select'))).toHaveLength(2)
    expect(lines.join()).not.toContain('begin')
    await at.settings.db.updateTable('views').set({ shared: 0 }).execute()
    at.clock.ms = Date.parse('2026-11-30T07:00:00Z')
    const [failed] = await untilRuns('failed', 'delivered')
    expect(failed?.message).toContain('no longer shared')
  })

  test('a file that is too large for an e-mail is not cut: the mail has a link to it', async () => {
    await schedule()
    start({ attachmentBytesMax: 10 })
    at.clock.ms = Date.parse('2026-11-29T07:00:00Z')
    const [run] = await untilRuns('delivered')
    expect(run?.message).toContain('a link to it')
    const [mail] = at.mailbox.received
    expect(mail?.attachment).toBeUndefined()
    expect(mail?.text).toContain(
      'https://audit.acme.test/audit-log?q=type%3Aquery&from=2026-11-27T23%3A00%3A00.000Z&to=2026-11-28T23%3A00%3A00.000Z',
    )
  })

  test('a folder gets a whole file or none, under a name that says what it holds', async () => {
    const id = await schedule({ destination: { kind: 'folder', folder: 'weekly/acme' } })
    start()
    at.clock.ms = Date.parse('2026-11-29T07:00:00Z')
    const [run] = await untilRuns('delivered')
    const folder = join(at.exportDir, 'weekly', 'acme')
    const due = `due_2026-11-29T07-00-00Z_${id.slice(0, 8)}`
    const name = `audit-log_Main_Failures_2026-11-28_Europe-Berlin_${due}.csv`
    expect(await readdir(folder)).toEqual([name])
    const text = await readFile(join(folder, name), 'utf8')
    expect([text.length > 100, Buffer.byteLength(text)]).toEqual([true, run?.bytes])
    await mkdir(join(at.exportDir, 'links'))
    await symlink('/tmp', join(at.exportDir, 'links', 'out'))
    await changeSchedule(await at.act(), id, { destination: { kind: 'folder', folder: 'links/out/x' } })
    await requestRun(await at.act(), id)
    await vi.waitFor(async () =>
      expect((await runsOf()).some(({ message }) => message?.includes('leads out'))).toBe(true),
    )
  })

  test('nothing that somebody wrote becomes a header or markup', async () => {
    const evil = '"><script>alert(1)</script>'
    await at.append(
      makeQuery(6, 'x', {
        occurredAt: '2026-11-28T10:00:00.000000Z',
        actor: { type: 'user', name: `${evil}\r\nBcc: all@acme.test`, email: 'evil@acme.test' },
      }),
    )
    await at.settings.db
      .updateTable('workspaces')
      .set({ name: `Acme\r\nBcc: x@evil.test ${evil}` })
      .execute()
    await schedule({ name: `Digest ${evil}`, format: 'digest', content: { q: '' } })
    start()
    at.clock.ms = Date.parse('2026-11-29T07:00:00Z')
    const [run] = await untilRuns('delivered')
    expect(run?.rows).toBe(3)
    const [mail] = at.mailbox.received
    expect(mail?.headers.has('bcc')).toBe(false)
    expect(mail?.html).not.toContain('<script')
    expect(mail?.html).toContain('&lt;script&gt;')
    expect(mail?.html).not.toMatch(/<img|src=|url\(/)
    expect(mail?.text).toContain('Events: 3')
    expect(mail?.text).toContain('Failures: 1')
    expect(mail?.text).toContain('People and programs: 2')
    expect(mail?.text).toMatch(/ 2 {2}Ann Lee/)
    expect(at.events.find(({ draft }) => draft.type === 'audit_log_exported')?.draft.data).toMatchObject({
      format: 'digest',
    })
  })

  test('the password of the mail server is nowhere but in the hands of the mail server', async () => {
    await at.setMail(mailUser.password)
    await schedule()
    start()
    at.clock.ms = Date.parse('2026-11-29T07:00:00Z')
    await untilRuns('delivered')
    at.mailbox.refuse.password = true
    at.clock.ms = Date.parse('2026-11-30T07:00:00Z')
    const [failed] = await untilRuns('failed', 'delivered')
    expect(failed?.message).toContain('refused the user or the password')
    const everything = `${JSON.stringify(at.events)}${at.log()}${JSON.stringify(await runsOf())}`
    for (const text of [everything, (await place.readAll()).toString('latin1')]) {
      expect(text).not.toContain(mailUser.password)
      expect(text).not.toContain(Buffer.from(mailUser.password).toString('base64'))
    }
  })

  test('a run that is asked for covers the period before today, one at a time', async () => {
    const id = await schedule({ enabled: false })
    at.clock.ms = Date.parse('2026-11-29T15:00:00Z')
    await requestRun(await at.act(), id)
    await expect(requestRun(await at.act(), id)).rejects.toThrow('running already')
    start()
    const [run] = await untilRuns('delivered')
    expect(run).toMatchObject({ trigger: 'person', from: '2026-11-27T23:00:00.000Z', rows: 2 })
    await requestRun(await at.act(), id)
    await untilRuns('delivered', 'delivered')
  })

  test('recipients that are refused are told, and the others are not asked again', async () => {
    await schedule({ destination: { kind: 'email', to: ['board@acme.test', 'gone@acme.test'] } })
    at.mailbox.refuse.recipients.set('gone@acme.test', 550)
    start()
    at.clock.ms = Date.parse('2026-11-29T07:00:00Z')
    const [run] = await untilRuns('failed')
    expect(run?.message).toBe('The server refused gone@acme.test; the other recipients have the e-mail.')
    expect(at.mailbox.received.map(({ to }) => to)).toEqual([['board@acme.test']])
  })
})
