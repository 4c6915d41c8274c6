import type { CreateReceiverRequest } from '@aleph-audit-log/domain/api/alert-receivers'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createSealer } from '../seal-text.ts'
import { settingsEngines, type SettingsPlace } from '../testing/settings-engines.ts'
import { changeReceiver, createReceiver, deleteReceiver, listReceivers } from './alert-receivers.ts'
import { findReceiver, openSecrets } from './receiver-rows.ts'
import { openAlertPlace, type AlertPlace } from './testing/alert-place.ts'

const secretUrl = 'https://hooks.chat.test/services/T0/B0/SECRETPATH'
const slack: CreateReceiverRequest = {
  kind: 'slack',
  name: 'Chat',
  levelMin: 'low',
  enabled: true,
  url: secretUrl,
}
const webhook: CreateReceiverRequest = { ...slack, kind: 'webhook', name: 'Pager' }
const email: CreateReceiverRequest = {
  kind: 'email',
  name: 'Security',
  levelMin: 'high',
  enabled: false,
  to: ['sec@acme.test'],
}

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

  const create = async (wanted: CreateReceiverRequest) => createReceiver(at.act(), at.sealer, wanted)
  const secretsOf = async (id: string) => openSecrets(at.sealer, await findReceiver(at.settings.db, 'w1', id))

  test('addresses and secrets are kept encrypted, and told neither in answers nor in events', async () => {
    const made = [await create(slack), await create(webhook), await create(email)]
    const secret = made[1]?.secret ?? ''
    expect(secret).toMatch(/^whsec_[\w+/]{43}=$/)
    expect(made.map((one) => one.secret)).toEqual([undefined, secret, undefined])
    const changed = await changeReceiver(at.act(), at.sealer, made[1]?.receiver.id ?? '', {
      url: `${secretUrl}2`,
      newSecret: true,
    })
    expect(changed.secret).not.toBe(secret)
    const told = JSON.stringify([
      made.map(({ receiver }) => receiver),
      changed.receiver,
      await listReceivers(at.settings, at.viewer()),
      at.events,
    ])
    for (const hidden of ['SECRETPATH', secret.slice(6), changed.secret?.slice(6) ?? '-']) {
      expect(told).not.toContain(hidden)
      expect((await place.readAll()).includes(hidden)).toBe(false)
    }
    expect(told).toContain('"host":"hooks.chat.test"')
    expect(await secretsOf(changed.receiver.id)).toEqual({ url: `${secretUrl}2`, secret: changed.secret })
  })

  test('receivers are listed by name as they were made and changed, with an event for each act', async () => {
    const { receiver } = await create(email)
    await create(slack)
    await changeReceiver(at.act(), at.sealer, receiver.id, {
      name: 'All',
      enabled: true,
      levelMin: 'medium',
      to: ['a@acme.test', 'b@acme.test'],
    })
    const [first, second] = await listReceivers(at.settings, at.viewer())
    expect(first).toMatchObject({
      kind: 'email',
      name: 'All',
      enabled: true,
      levelMin: 'medium',
      to: ['a@acme.test', 'b@acme.test'],
      waiting: 0,
      dead: 0,
    })
    expect(second).toMatchObject({ kind: 'slack', host: 'hooks.chat.test' })
    await deleteReceiver(at.act(), receiver.id)
    expect(await listReceivers(at.settings, at.viewer())).toHaveLength(1)
    expect(at.events.map(({ type, targets }) => [type, targets?.[0]?.name])).toEqual([
      ['alert_receiver_created', 'Security'],
      ['alert_receiver_created', 'Chat'],
      ['alert_receiver_changed', 'All'],
      ['alert_receiver_deleted', 'All'],
    ])
    expect(at.events[2]?.data).toMatchObject({
      before: { name: 'Security', levelMin: 'high', enabled: false, to: ['sec@acme.test'] },
      after: { name: 'All' },
      addressChanged: false,
      secretChanged: false,
    })
  })

  test('a name stands once, and a kind has only what is its own', async () => {
    const { receiver } = await create(email)
    const other = await create(slack)
    await expect(create({ ...slack, name: 'Security' })).rejects.toMatchObject({ code: 'conflict' })
    const change = async (id: string, change_: Parameters<typeof changeReceiver>[3]) =>
      changeReceiver(at.act(), at.sealer, id, change_)
    await expect(change(other.receiver.id, { name: 'Security' })).rejects.toMatchObject({
      problems: [{ path: 'name' }],
    })
    await expect(change(receiver.id, { url: secretUrl })).rejects.toMatchObject({
      problems: [{ path: 'url' }],
    })
    await expect(change(other.receiver.id, { to: ['a@acme.test'] })).rejects.toMatchObject({
      problems: [{ path: 'to' }],
    })
    await expect(change(other.receiver.id, { newSecret: true })).rejects.toMatchObject({
      problems: [{ path: 'newSecret' }],
    })
  })

  test('what was encrypted with a secret that is lost can be replaced whole, not in part', async () => {
    const { receiver } = await create(webhook)
    const otherSealer = createSealer(Buffer.from('another secret of the test, too'))
    const change = async (change_: Parameters<typeof changeReceiver>[3]) =>
      changeReceiver(at.act(), otherSealer, receiver.id, change_)
    await expect(change({ newSecret: true })).rejects.toMatchObject({ code: 'conflict' })
    await expect(change({ url: secretUrl })).rejects.toMatchObject({ code: 'conflict' })
    expect((await change({ name: 'Renamed' })).receiver.name).toBe('Renamed')
    expect((await change({ url: secretUrl, newSecret: true })).secret).toMatch(/^whsec_/)
  })

  test('receivers of another workspace are not there, and only admins have any', async () => {
    const { receiver } = await create(slack)
    const stranger = at.act(at.viewer('admin', { workspaceId: 'w2' }))
    expect(await listReceivers(at.settings, stranger.viewer)).toEqual([])
    await expect(deleteReceiver(stranger, receiver.id)).rejects.toMatchObject({ code: 'not_found' })
    await expect(changeReceiver(stranger, at.sealer, receiver.id, { enabled: false })).rejects.toMatchObject({
      code: 'not_found',
    })
    await expect(listReceivers(at.settings, at.viewer('auditor'))).rejects.toMatchObject({
      code: 'forbidden',
    })
  })
})
