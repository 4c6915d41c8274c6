import type { ExportRun } from '@aleph-audit-log/domain/api/schedules'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { requestRun } from '../../settings/schedules/export-runs.ts'
import { changeSchedule, createSchedule, listSchedules } from '../../settings/schedules/schedules.ts'
import { settingsEngines, type SettingsPlace } from '../../settings/testing/settings-engines.ts'
import type { ScheduledExports } from './scheduled-exports.ts'
import { startSchedules, wanted, type Schedules } from './testing/start-schedules.ts'

describe.each(settingsEngines)('with settings in $name:', (engine) => {
  afterAll(engine.stop)

  let place: SettingsPlace
  let at: Schedules
  let server: ScheduledExports | undefined

  beforeEach(async () => {
    place = await engine.createPlace()
    at = await startSchedules(place)
    await at.setMail()
    at.events.length = 0
  })
  afterEach(async () => {
    await server?.close()
    server = undefined
    await at.close()
    await place.remove()
  })

  const start = (): void => {
    server = at.server()
    server.start()
  }
  const schedule = async (...more: Parameters<typeof wanted>): Promise<string> =>
    (await createSchedule(await at.act(), wanted(...more))).id
  const runsOf = async (id: string): Promise<ExportRun[]> => {
    const schedules = await listSchedules(at.settings, (await at.act()).viewer)
    return schedules.find((one) => one.id === id)?.runs ?? []
  }
  const untilRuns = async (id: string, ...states: string[]): Promise<ExportRun[]> =>
    vi.waitFor(
      async () => {
        const runs = await runsOf(id)
        expect(runs.map(({ state }) => state)).toEqual(states)
        return runs
      },
      { timeout: 20_000, interval: 30 },
    )
  const dueAt = Date.parse('2026-11-29T07:00:00Z')

  test('a schedule that is changed while it is due keeps the period', async () => {
    const id = await schedule()
    at.clock.ms = dueAt + 1000
    const timing = { ...wanted().timing, hour: 20 }
    const changed = await changeSchedule(await at.act(), id, { timing })
    expect(changed.nextDueAt).toBe('2026-11-29T19:00:00.000Z')
    expect(changed.runs).toMatchObject([{ state: 'waiting', firstDay: '2026-11-28' }])
    start()
    await untilRuns(id, 'delivered')
    expect(at.mailbox.received).toHaveLength(1)
  })

  test('a change of something else leaves it due when it was', async () => {
    const id = await schedule()
    await at.settings.db
      .updateTable('export_schedules')
      .set({ next_due_at: '2026-12-05T07:00:00.000Z' })
      .execute()
    const changed = await changeSchedule(await at.act(), id, { name: 'Renamed' })
    expect(changed.nextDueAt).toBe('2026-12-05T07:00:00.000Z')
  })

  test('what waits for another try is left out when the schedule is switched off', async () => {
    const id = await schedule()
    at.mailbox.refuse.mail.push(451)
    start()
    at.clock.ms = dueAt
    await vi.waitFor(
      async () => expect((await runsOf(id))[0]).toMatchObject({ state: 'waiting', attempts: 1 }),
      { timeout: 20_000 },
    )
    const { runs } = await changeSchedule(await at.act(), id, { enabled: false })
    expect(runs).toMatchObject([{ state: 'skipped', endedAt: '2026-11-29T07:00:00.000Z' }])
    expect(runs[0]?.message).toContain('switched off')
    const event = at.events.find(({ draft }) => draft.type === 'schedule_changed')
    expect(event?.draft.data).toMatchObject({ leftOut: [{ runId: runs[0]?.id }] })
    at.clock.ms += 3600_000
    // As a run that was under way meanwhile comes back.
    await at.settings.db
      .updateTable('export_runs')
      .set({ state: 'waiting', retry_at: '2026-11-29T07:30:00.000Z' })
      .execute()
    server?.notify()
    await untilRuns(id, 'failed')
    expect(at.mailbox.received).toEqual([])
  })

  test('a schedule whose time zone is not known any more hinders no other, and can be mended', async () => {
    const broken = await schedule({ name: 'Broken' })
    const timing = { ...wanted().timing, zone: 'Mars/Base' }
    await at.settings.db
      .updateTable('export_schedules')
      .set({ timing: JSON.stringify(timing), next_due_at: '2026-11-29T05:00:00.000Z' })
      .execute()
    const id = await schedule()
    at.clock.ms = dueAt
    start()
    await untilRuns(id, 'delivered')
    expect(at.log()).toContain(`The scheduled export ${broken} is due and cannot be run`)
    const [first] = await listSchedules(at.settings, (await at.act()).viewer)
    expect(first).toMatchObject({ name: 'Broken', timing: { zone: 'Mars/Base' }, runs: [] })
    await expect(requestRun(await at.act(), broken)).rejects.toThrow('no time zone Mars/Base')
    await expect(changeSchedule(await at.act(), broken, { name: 'Still' })).rejects.toThrow('not valid')
    const mended = await changeSchedule(await at.act(), broken, { timing: wanted().timing })
    expect(mended.nextDueAt).toBe('2026-11-30T07:00:00.000Z')
  })

  test('a period has one run however often its time changes, and another period of that day its own', async () => {
    const id = await schedule()
    start()
    at.clock.ms = dueAt
    await untilRuns(id, 'delivered')
    await changeSchedule(await at.act(), id, { timing: { ...wanted().timing, hour: 10 } })
    at.clock.ms = Date.parse('2026-11-29T09:00:00Z')
    await vi.waitFor(
      async () => {
        const [found] = await listSchedules(at.settings, (await at.act()).viewer)
        expect(found?.nextDueAt).toBe('2026-11-30T09:00:00.000Z')
      },
      { timeout: 20_000 },
    )
    expect(await runsOf(id)).toHaveLength(1)
    await changeSchedule(await at.act(), id, { timing: { ...wanted().timing, hour: 12, covers: 'week' } })
    at.clock.ms = Date.parse('2026-11-29T11:00:00Z')
    const [week] = await untilRuns(id, 'delivered', 'delivered')
    expect([week?.firstDay, week?.lastDay]).toEqual(['2026-11-22', '2026-11-28'])
    // What was left out has not run.
    await changeSchedule(await at.act(), id, { timing: wanted().timing })
    at.clock.ms = Date.parse('2026-11-29T12:00:00Z')
    await server?.close()
    at.clock.ms = Date.parse('2026-11-30T07:00:00Z')
    await changeSchedule(await at.act(), id, { enabled: false })
    await changeSchedule(await at.act(), id, { enabled: true, timing: { ...wanted().timing, hour: 20 } })
    at.clock.ms = Date.parse('2026-11-30T19:00:00Z')
    start()
    await untilRuns(id, 'delivered', 'skipped', 'delivered', 'delivered')
  })
})
