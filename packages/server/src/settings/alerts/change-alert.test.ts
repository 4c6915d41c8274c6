import type { AlertStatus } from '@aleph-audit-log/domain/alert-values'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { permissionsOf } from '../../access/viewer.ts'
import { openSettings } from '../open-settings.ts'
import { settingsEngines, type SettingsPlace } from '../testing/settings-engines.ts'
import { endMute, listMutes, muteAlert } from './alert-mutes.ts'
import { acknowledgeAlert, reopenAlert, resolveAlert } from './change-alert.ts'
import { listAlerts, readAlert } from './read-alerts.ts'
import { openAlertPlace, type AlertPlace } from './testing/alert-place.ts'
import { makeFinding } from './testing/write-findings.ts'

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

  const open = async (...over: Parameters<typeof makeFinding>): Promise<string> => {
    const [written] = await at.write(makeFinding(...over))
    return written?.alert.id ?? ''
  }
  const read = async (id: string) => readAlert(at.settings, at.viewer(), id, at.clock.ms)
  const statusOf = async (id: string): Promise<AlertStatus> => (await read(id)).alert.status
  const benign = { resolution: 'benign' as const, reason: 'A load test of ours' }
  const inAnHour = (): string => new Date(at.clock.ms + 3_600_000).toISOString()
  const soon = (covers: 'group' | 'rule') => ({ covers, until: inAnHour(), reason: 'Known' })
  const otherGroup = { group: [{ field: 'ip', value: '203.0.113.10' }], eventIds: ['o1'] }

  test('an alert goes from open to acknowledged to resolved and back, and each step is told with who and why', async () => {
    const id = await open()
    at.clock.ms += 1000
    expect(await acknowledgeAlert(at.act(at.viewer('auditor')), id)).toMatchObject({ status: 'acknowledged' })
    at.clock.ms += 1000
    expect(await resolveAlert(at.act(), id, benign)).toMatchObject({ status: 'resolved' })
    expect((await read(id)).alert).toMatchObject(benign)
    at.clock.ms += 1000
    expect(await reopenAlert(at.act(), id)).toMatchObject({ status: 'open' })
    const { steps, alert } = await read(id)
    expect(alert.resolution).toBeUndefined()
    const auditor = { name: 'The auditor', email: 'auditor@acme.test' }
    const admin = { name: 'The admin', email: 'admin@acme.test' }
    expect(steps).toEqual([
      { at: '2026-11-28T12:00:00.000Z', step: 'opened' },
      { at: '2026-11-28T12:00:01.000Z', step: 'acknowledged', by: auditor },
      { at: '2026-11-28T12:00:02.000Z', step: 'resolved', by: admin, reason: benign.reason },
      { at: '2026-11-28T12:00:03.000Z', step: 'reopened', by: admin },
    ])
    expect(at.events).toMatchObject([
      { type: 'alert_acknowledged', actor: { email: 'auditor@acme.test' }, targets: [{ id }] },
      { type: 'alert_resolved', data: { ...benign, statusBefore: 'acknowledged' } },
      { type: 'alert_reopened', data: { statusBefore: 'resolved' } },
    ])
  })

  test('what cannot be done in a state is refused, and changes nothing', async () => {
    const id = await open()
    const refused: Record<AlertStatus, ((of: string) => Promise<unknown>)[]> = {
      open: [async (of) => reopenAlert(at.act(), of)],
      acknowledged: [async (of) => acknowledgeAlert(at.act(), of), async (of) => reopenAlert(at.act(), of)],
      resolved: [
        async (of) => acknowledgeAlert(at.act(), of),
        async (of) => resolveAlert(at.act(), of, benign),
      ],
      muted: [async (of) => acknowledgeAlert(at.act(), of), async (of) => reopenAlert(at.act(), of)],
    }
    const check = async (status: AlertStatus): Promise<void> => {
      const before = await read(id)
      expect(before.alert.status).toBe(status)
      for (const call of refused[status]) await expect(call(id)).rejects.toMatchObject({ code: 'conflict' })
      expect(await read(id)).toEqual(before)
    }
    await check('open')
    await acknowledgeAlert(at.act(), id)
    await check('acknowledged')
    await muteAlert(at.act(), id, soon('group'))
    await check('muted')
    await resolveAlert(at.act(), id, benign)
    await check('resolved')
  })

  test('of two who acknowledge at once one is told that the other was first', async () => {
    const id = await open()
    // SQLite has one connection in one server; servers that share PostgreSQL have each their own.
    const second =
      engine.name === 'PostgreSQL' ? await openSettings({ ...place.where, now: Date.now }) : undefined
    const acts = [
      acknowledgeAlert(at.act(), id),
      acknowledgeAlert({ ...at.act(at.viewer('auditor')), settings: second ?? at.settings }, id),
    ]
    const ended = await Promise.allSettled(acts)
    await second?.close()
    const [failed, ...more] = ended.flatMap((one) =>
      one.status === 'rejected' ? [one.reason as unknown] : [],
    )
    expect(more).toEqual([])
    const { steps } = await read(id)
    const first = steps.at(-1)?.by?.name ?? ''
    expect(failed).toMatchObject({ code: 'conflict', message: expect.stringContaining(`, by ${first} at `) })
    expect(steps.map(({ step }) => step)).toEqual(['opened', 'acknowledged'])
    expect(at.events).toHaveLength(1)
  })

  test('what cannot be recorded does not happen', async () => {
    const id = await open()
    const before = await read(id)
    at.journal.full = true
    await expect(acknowledgeAlert(at.act(), id)).rejects.toMatchObject({ code: 'storage_full' })
    await expect(resolveAlert(at.act(), id, benign)).rejects.toMatchObject({ code: 'storage_full' })
    await expect(muteAlert(at.act(), id, soon('rule'))).rejects.toMatchObject({ code: 'storage_full' })
    expect(await read(id)).toEqual(before)
  })

  test('admins and auditors alone see alerts and change them', async () => {
    const id = await open()
    for (const role of ['analyst', 'member'] as const) {
      const by = at.viewer(role)
      await expect(listAlerts(at.settings, by, {})).rejects.toMatchObject({ code: 'forbidden' })
      await expect(readAlert(at.settings, by, id, 0)).rejects.toMatchObject({ code: 'forbidden' })
      await expect(listMutes(at.settings, by, 0)).rejects.toMatchObject({ code: 'forbidden' })
      await expect(acknowledgeAlert(at.act(by), id)).rejects.toMatchObject({ code: 'forbidden' })
      await expect(muteAlert(at.act(by), id, soon('rule'))).rejects.toMatchObject({ code: 'forbidden' })
    }
    const key = {
      workspaceId: 'w1',
      actor: { type: 'api_key' as const, id: 'k' },
      via: 'api_key' as const,
      keyId: 'k',
      permissions: permissionsOf('auditor'),
    }
    expect((await listAlerts(at.settings, key, {})).alerts).toHaveLength(1)
    await expect(acknowledgeAlert(at.act(key), id)).rejects.toMatchObject({ code: 'unauthenticated' })
  })

  test('a mute of a group covers what is open of it, and ending it opens that again', async () => {
    const [id, other] = [await open(), await open(otherGroup)]
    await acknowledgeAlert(at.act(), id)
    const mute = await muteAlert(at.act(), id, soon('group'))
    expect([await statusOf(id), await statusOf(other)]).toEqual(['muted', 'open'])
    expect(await listMutes(at.settings, at.viewer(), at.clock.ms)).toEqual({ mutes: [mute] })
    expect(mute).toMatchObject({
      rule: { title: 'Password spraying' },
      group: [{ field: 'ip', value: '203.0.113.9' }],
      until: inAnHour(),
      reason: 'Known',
      createdBy: { email: 'admin@acme.test' },
    })
    expect((await read(id)).mutes).toEqual([mute])
    expect((await read(other)).mutes).toEqual([])
    await endMute(at.act(at.viewer('auditor')), mute.id)
    expect(await statusOf(id)).toBe('open')
    expect((await read(id)).steps.map(({ step, reason }) => [step, reason])).toEqual([
      ['opened', undefined],
      ['acknowledged', undefined],
      ['muted', 'Known'],
      ['unmuted', undefined],
    ])
    expect(at.events.map(({ type, data, targets }) => [type, data?.['alerts'], targets?.[0]?.id])).toEqual([
      ['alert_acknowledged', undefined, id],
      ['alert_muted', 1, id],
      ['alert_unmuted', 1, id],
    ])
    await expect(endMute(at.act(), mute.id)).rejects.toMatchObject({ code: 'not_found' })
  })

  test('a mute of a rule covers all groups; what another mute covers stays muted when one is ended', async () => {
    const [id, other] = [await open(), await open(otherGroup)]
    const ofGroup = await muteAlert(at.act(), id, soon('group'))
    const ofRule = await muteAlert(at.act(), other, soon('rule'))
    expect(ofRule.group).toBeUndefined()
    expect([await statusOf(id), await statusOf(other)]).toEqual(['muted', 'muted'])
    await expect(muteAlert(at.act(), other, soon('rule'))).rejects.toMatchObject({ code: 'conflict' })
    await endMute(at.act(), ofRule.id)
    expect([await statusOf(id), await statusOf(other)]).toEqual(['muted', 'open'])
    await endMute(at.act(), ofGroup.id)
    expect(await statusOf(id)).toBe('open')
  })

  test('what stayed muted after a mute that ended by itself is not opened when another one is ended', async () => {
    const old = await open()
    await muteAlert(at.act(), old, soon('group'))
    at.clock.ms += 3_600_000
    const later = { firstEventAt: '2026-12-01T10:00:00.000000Z', lastEventAt: '2026-12-01T10:00:00.000000Z' }
    const id = await open({ ...later, eventIds: ['l1'] })
    const mute = await muteAlert(at.act(), id, soon('group'))
    at.clock.ms += 1000
    await endMute(at.act(), mute.id)
    expect([await statusOf(old), await statusOf(id)]).toEqual(['muted', 'open'])
    // One that was there before the other had ended keeps quiet what that began.
    const first = await muteAlert(at.act(), id, soon('group'))
    at.clock.ms += 1000
    const second = await muteAlert(at.act(), id, soon('rule'))
    at.clock.ms += 1000
    await endMute(at.act(), first.id)
    expect(await statusOf(id)).toBe('muted')
    at.clock.ms += 1000
    await endMute(at.act(), second.id)
    expect([await statusOf(old), await statusOf(id)]).toEqual(['muted', 'open'])
  })

  test('a mute ends by itself, and is for the future and no more than a year', async () => {
    const id = await open()
    const until = async (ms: number) =>
      muteAlert(at.act(), id, { ...soon('group'), until: new Date(at.clock.ms + ms).toISOString() })
    await expect(until(0)).rejects.toMatchObject({ code: 'invalid', problems: [{ path: 'until' }] })
    await expect(until(367 * 86_400_000)).rejects.toMatchObject({ code: 'invalid' })
    await until(1000)
    expect((await listMutes(at.settings, at.viewer(), at.clock.ms)).mutes).toHaveLength(1)
    at.clock.ms += 1000
    expect((await listMutes(at.settings, at.viewer(), at.clock.ms)).mutes).toEqual([])
    await until(1000)
  })

  test('lists are filtered, counted and paged without losing or repeating one', async () => {
    const ids: string[] = []
    for (let i = 0; i < 7; i++) {
      const time = `2026-11-${20 + (i % 4)}T10:00:00.00000${i}Z`
      const person = i % 2 === 0 ? 'ann@acme.test' : '"bo"%_@acme.test'
      ids.push(
        await open({
          group: [{ field: 'ip', value: `203.0.113.${i}` }],
          eventIds: [`e${i}`],
          firstEventAt: time,
          lastEventAt: time,
          people: [person],
          tables: [`sales.t${i}`],
          rule: { ...makeFinding().rule, level: i === 6 ? 'critical' : 'low' },
        }),
      )
    }
    await resolveAlert(at.act(), ids[0] ?? '', benign)
    const list = async (query: Parameters<typeof listAlerts>[2]) =>
      listAlerts(at.settings, at.viewer(), query)
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await list({ limit: 2, ...(cursor !== undefined && { cursor }) })
      seen.push(...page.alerts.map(({ id }) => id))
      cursor = page.nextCursor
      expect(page.counts).toEqual({ open: 6, acknowledged: 0, resolved: 1, muted: 0 })
    } while (cursor !== undefined)
    expect(seen).toEqual([3, 6, 2, 5, 1, 4, 0].map((i) => ids[i]))
    const found = async (query: Parameters<typeof listAlerts>[2]) =>
      (await list(query)).alerts.map(({ id }) => ids.indexOf(id)).sort((a, b) => a - b)
    expect(await found({ status: ['resolved'] })).toEqual([0])
    expect(await found({ level: ['critical'] })).toEqual([6])
    expect(await found({ person: 'ann@acme.test' })).toEqual([0, 2, 4, 6])
    expect(await found({ person: '"bo"%_@acme.test' })).toEqual([1, 3, 5])
    expect(await found({ person: 'ann' })).toEqual([])
    expect(await found({ table: 'sales.t3' })).toEqual([3])
    expect(await found({ from: '2026-11-23T00:00:00.000000Z' })).toEqual([3])
    expect(await found({ to: '2026-11-21T00:00:00.000000Z' })).toEqual([0, 4])
    const { nextCursor = '' } = await list({ limit: 1 })
    for (const bad of [nextCursor, 'x', 'bnVsbA']) {
      await expect(list({ status: ['open'], cursor: bad })).rejects.toMatchObject({
        code: 'invalid',
        problems: [{ path: 'cursor' }],
      })
    }
  })

  test('alerts of the same rule and group, and of the same group in other rules, stand beside one', async () => {
    const id = await open()
    const past = { firstEventAt: '2026-11-01T10:00:00.000000Z', lastEventAt: '2026-11-01T10:00:00.000000Z' }
    const same = await open({ ...past, eventIds: ['p1'] })
    const rule = { ...makeFinding().rule, id: '5f2f5d2a-0000-4000-8000-000000000002' }
    const related = await open({ rule })
    await open({ rule, ...otherGroup })
    expect((await read(id)).similar.map(({ likeness, alert }) => [likeness, alert.id])).toEqual([
      ['same_rule', same],
      ['same_group', related],
    ])
  })
})
