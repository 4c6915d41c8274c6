import { alertLimits } from '@aleph-audit-log/domain/alert-values'
import type { Alert } from '@aleph-audit-log/domain/api/alerts'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { settingsEngines, type SettingsPlace } from '../testing/settings-engines.ts'
import { muteAlert } from './alert-mutes.ts'
import { createReceiver } from './alert-receivers.ts'
import { resolveAlert } from './change-alert.ts'
import { listAlerts, readAlert } from './read-alerts.ts'
import { openAlertPlace, type AlertPlace } from './testing/alert-place.ts'
import { makeFinding } from './testing/write-findings.ts'
import { writeAlerts, type WrittenAlert } from './write-alerts.ts'

describe.each(settingsEngines)('with settings in $name:', (engine) => {
  afterAll(engine.stop)

  let place: SettingsPlace
  let at: AlertPlace
  beforeEach(async () => {
    place = await engine.createPlace()
    at = await openAlertPlace(place)
  })
  afterEach(async () => {
    await at.close()
    await place.remove()
  })

  const alerts = async (): Promise<Alert[]> => (await listAlerts(at.settings, at.viewer(), {})).alerts
  const deliveries = async () =>
    at.settings.db.selectFrom('alert_deliveries').selectAll().orderBy('id').execute()
  const resolved = { resolution: 'benign' as const, reason: 'A test of ours' }
  const only = ([written, ...more]: WrittenAlert[]): WrittenAlert => {
    if (written === undefined || more.length > 0) throw new Error('Not one alert was written.')
    return written
  }

  test('a finding opens an alert that says what was found', async () => {
    const { alert, became, event } = only(await at.write(makeFinding()))
    expect(became).toBe('opened')
    const shown = {
      id: alert.id,
      rule: makeFinding().rule,
      status: 'open',
      summary: '203.0.113.9 failed to sign in as 12 people',
      group: [{ field: 'ip', value: '203.0.113.9' }],
      openedAt: '2026-11-28T12:00:00.000Z',
      firstEventAt: '2026-11-28T10:00:00.000000Z',
      lastEventAt: '2026-11-28T10:05:00.000000Z',
      eventCount: 2,
      people: ['ann@acme.test', 'bo@acme.test'],
      tables: [],
      eventIds: ['e1', 'e2'],
      late: false,
      q: 'type:user_sign_in_failed ip:203.0.113.9',
    }
    expect(alert).toEqual(shown)
    expect(await alerts()).toEqual([shown])
    expect(event).toMatchObject({ type: 'alert_opened', targets: [{ type: 'alert', id: alert.id }] })
    const { steps } = await readAlert(at.settings, at.viewer(), alert.id, at.clock.ms)
    expect(steps).toEqual([{ at: '2026-11-28T12:00:00.000Z', step: 'opened' }])
  })

  test('events of the same rule and group join it, late ones too, and each is counted once', async () => {
    const first = only(await at.write(makeFinding()))
    const [later, early] = await at.write(
      makeFinding({
        summaryOf: () => 'later',
        lastEventAt: '2026-11-29T09:00:00.000000Z',
        firstEventAt: '2026-11-29T09:00:00.000000Z',
        eventIds: ['e2', 'e3'],
        eventCount: 2,
        people: ['bo@acme.test', 'cy@acme.test'],
        tables: ['orders'],
      }),
      makeFinding({
        summaryOf: () => 'earlier',
        firstEventAt: '2026-11-27T11:00:00.000000Z',
        lastEventAt: '2026-11-27T11:00:00.000000Z',
        eventIds: ['e0'],
        eventCount: 1,
        late: true,
      }),
    )
    expect([later?.became, early?.became, later?.event, early?.event]).toEqual([
      'joined',
      'joined',
      undefined,
      undefined,
    ])
    expect(await alerts()).toEqual([early?.alert])
    expect(early?.alert).toMatchObject({
      id: first.alert.id,
      summary: 'later',
      firstEventAt: '2026-11-27T11:00:00.000000Z',
      lastEventAt: '2026-11-29T09:00:00.000000Z',
      eventCount: 4,
      eventIds: ['e1', 'e2', 'e3', 'e0'],
      people: ['ann@acme.test', 'bo@acme.test', 'cy@acme.test'],
      tables: ['orders'],
      late: true,
    })
  })

  test('another group, another rule, another workspace and a day of silence open another one', async () => {
    const ids = new Set<string>()
    const other = { ...makeFinding().rule, id: '5f2f5d2a-0000-4000-8000-000000000002' }
    for (const finding of [
      makeFinding(),
      makeFinding({ group: [{ field: 'ip', value: '203.0.113.10' }] }),
      makeFinding({ group: [] }),
      makeFinding({ rule: other }),
      makeFinding({
        firstEventAt: '2026-11-29T10:05:00.001000Z',
        lastEventAt: '2026-11-29T10:06:00.000000Z',
      }),
    ]) {
      const { became, alert } = only(await at.write(finding))
      expect(became).toBe('opened')
      ids.add(alert.id)
    }
    expect(ids.size).toBe(5)
    const before = { firstEventAt: '2026-11-29T10:04:00.000000Z', lastEventAt: '2026-11-29T10:04:00.000000Z' }
    expect(only(await at.write(makeFinding(before))).became).toBe('joined')
    expect(await listAlerts(at.settings, at.viewer('admin', { workspaceId: 'w2' }), {})).toMatchObject({
      alerts: [],
    })
  })

  test('what was resolved is not opened by its events, but by what comes later, also when it begins alike', async () => {
    const first = only(await at.write(makeFinding()))
    await resolveAlert(at.act(), first.alert.id, resolved)
    const second = only(await at.write(makeFinding({ eventIds: ['e1', 'e2', 'e3'] })))
    expect(second.became).toBe('opened')
    expect(second.alert.id).not.toBe(first.alert.id)
    expect((await alerts()).map(({ status }) => status).sort()).toEqual(['open', 'resolved'])
  })

  test('what is written again after a crash is the same alert with the same event', async () => {
    const attempt = async (nowMs: number, finding = makeFinding()): Promise<WrittenAlert> => {
      at.clock.ms = nowMs
      let written: WrittenAlert[] = []
      await at.settings.db
        .transaction()
        .execute(async (transaction) => {
          written = await writeAlerts(transaction, { workspaceId: 'w1', nowMs, findings: [finding] })
          throw new Error('The server ended.')
        })
        .catch(() => undefined)
      return only(written)
    }
    const first = await attempt(1000)
    const more = makeFinding({ eventIds: ['e1', 'e2', 'e3'], summaryOf: () => 'more by then' })
    const again = await attempt(9000, more)
    expect(await alerts()).toEqual([])
    expect(again.alert.id).toBe(first.alert.id)
    expect(again.event).toEqual(first.event)
    // Also where one that was resolved began with the same event.
    await resolveAlert(at.act(), only(await at.write(makeFinding())).alert.id, resolved)
    const [second, secondAgain] = [await attempt(10_000), await attempt(11_000, more)]
    expect(second.alert.id).not.toBe(first.alert.id)
    expect(secondAgain.alert.id).toBe(second.alert.id)
    expect(secondAgain.event).toEqual(second.event)
  })

  test('lists are bounded, and what is counted is not', async () => {
    const names = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i}`)
    const big = { people: names('p', 30), tables: names('t', 30), eventIds: names('e', 150), eventCount: 150 }
    await at.write(makeFinding(big))
    const { alert } = only(await at.write(makeFinding({ eventIds: names('f', 10), eventCount: 10 })))
    expect(alert.people).toHaveLength(alertLimits.namesMax)
    expect(alert.tables).toHaveLength(alertLimits.namesMax)
    expect(alert.eventIds).toEqual(names('e', alertLimits.eventIdsMax))
    expect(alert.eventCount).toBe(160)
  })

  test('names that somebody made very long are cut, and still told apart', async () => {
    const long = (end: string) => `${'é'.repeat(500_000)}${end}`
    const of = (value: string) => ({
      group: [{ field: 'table', value }],
      tables: [value],
      searchText: `table:${value}`,
    })
    const { alert, event } = only(await at.write(makeFinding(of(long('a')))))
    expect(JSON.stringify(event).length).toBeLessThan(5000)
    expect(JSON.stringify(alert).length).toBeLessThan(5000)
    expect(alert.group[0]?.value).toMatch(/^é{1000,}…#[0-9a-f]{16}$/)
    expect(alert.q).toBe('id:e1 OR id:e2')
    expect(only(await at.write(makeFinding(of(long('a'))))).became).toBe('joined')
    expect(only(await at.write(makeFinding(of(long('b'))))).became).toBe('opened')
  })

  test('what a rule finds of too many groups in a day is gathered in one alert, which is told once', async () => {
    const to = { kind: 'email' as const, name: 'Ops', levelMin: 'low' as const, enabled: true }
    await createReceiver(at.act(), at.sealer, { ...to, to: ['o@acme.test'] })
    const of = (i: number, day = '28') =>
      makeFinding({
        group: [{ field: 'person', value: `p${i}` }],
        eventIds: [`${day}-${i}`],
        eventCount: 1,
        firstEventAt: `2026-11-${day}T10:00:00.000000Z`,
        lastEventAt: `2026-11-${day}T10:00:00.000000Z`,
        summaryOf: () => `p${i} did it`,
      })
    const most = alertLimits.ofRuleInDayMax
    const many = Array.from({ length: most + 50 }, (_, i) => of(i))
    await at.write(...many)
    const all = await listAlerts(at.settings, at.viewer(), { limit: 200 })
    expect(all.counts.open).toBe(most + 1)
    expect(await deliveries()).toHaveLength(most + 1)
    const { alert } = only(await at.write(of(most + 50)))
    expect(alert).toMatchObject({ group: [], eventCount: 51, q: 'type:user_sign_in_failed' })
    expect(alert.summary).toMatch(/^Password spraying: there are 200 alerts of a day, .*: p250 did it$/)
    // What has an alert goes on in that; another day and another rule have alerts of their own.
    expect(only(await at.write(of(0))).alert.group).toHaveLength(1)
    expect(only(await at.write(of(most + 60, '20'))).alert.group).toHaveLength(1)
    const rule = { ...makeFinding().rule, id: '5f2f5d2a-0000-4000-8000-000000000002' }
    expect(only(await at.write({ ...of(most + 70), rule })).alert.group).toHaveLength(1)
  })

  test('hostile text comes back as it was, as far as a database keeps text', async () => {
    const hostile = `<b>'";-- \n\u202e \ud83d\ude00`
    const group = [{ field: 'person', value: `nul\0 ${hostile} \ud800` }]
    const { alert } = only(
      await at.write(makeFinding({ group, summaryOf: () => `\0${hostile}\ud800`, people: [`\0${hostile}`] })),
    )
    expect(await alerts()).toEqual([alert])
    expect(alert).toMatchObject({
      group,
      summary: `\uFFFD${hostile}\uFFFD`,
      people: [`\0${hostile}`],
    })
    expect(only(await at.write(makeFinding({ group }))).became).toBe('joined')
    const found = await listAlerts(at.settings, at.viewer(), { person: `\0${hostile}` })
    expect(found.alerts).toHaveLength(1)
  })

  test('what a mute fits opens as muted and is told to nobody; after the mute it opens as ever', async () => {
    const to = {
      kind: 'email' as const,
      name: 'Ops',
      levelMin: 'low' as const,
      enabled: true,
      to: ['o@acme.test'],
    }
    await createReceiver(at.act(), at.sealer, to)
    const first = only(await at.write(makeFinding()))
    const until = new Date(at.clock.ms + 3_600_000).toISOString()
    await muteAlert(at.act(), first.alert.id, { covers: 'group', until, reason: 'Our own scanner' })
    expect(only(await at.write(makeFinding({ eventIds: ['e9'] })))).toMatchObject({
      became: 'joined',
      alert: { id: first.alert.id, status: 'muted' },
    })
    const later = { firstEventAt: '2026-11-30T10:00:00.000000Z', lastEventAt: '2026-11-30T10:00:00.000000Z' }
    const muted = only(await at.write(makeFinding(later)))
    expect([muted.became, muted.alert.status]).toEqual(['opened', 'muted'])
    // Another group of the rule is not muted.
    const group = [{ field: 'ip', value: '203.0.113.10' }]
    expect(only(await at.write(makeFinding({ group }))).alert.status).toBe('open')
    expect(await deliveries()).toHaveLength(2)
    at.clock.ms += 3_600_000
    const after = only(await at.write(makeFinding(later)))
    expect([after.became, after.alert.status]).toEqual(['opened', 'open'])
    expect(await deliveries()).toHaveLength(3)
  })

  test('those are told who want alerts of this level, once when it opens', async () => {
    const base = { kind: 'email' as const, enabled: true, to: ['o@acme.test'] }
    const wanted = { ...base, name: 'High', levelMin: 'high' as const }
    const { receiver } = await createReceiver(at.act(), at.sealer, wanted)
    await createReceiver(at.act(), at.sealer, { ...base, name: 'Critical', levelMin: 'critical' })
    await createReceiver(at.act(), at.sealer, { ...wanted, name: 'Off', enabled: false })
    await createReceiver(at.act(at.viewer('admin', { workspaceId: 'w2' })), at.sealer, wanted)
    const { alert } = only(await at.write(makeFinding()))
    await at.write(makeFinding({ eventIds: ['e3'] }))
    expect(await deliveries()).toMatchObject([
      { receiver_id: receiver.id, alert_id: alert.id, step: 'opened', state: 'waiting', attempts: 0 },
    ])
  })
})
