import type { EventDraft } from '@aleph-audit-log/domain/event'
import { expect, test } from 'vitest'
import type { SessionFacts } from './gateway-facts.ts'
import type { Outbox } from './outbox.ts'
import { OutboxRecorder } from './outbox-recorder.ts'

test('intents of a client that left before they were kept are settled at once', async () => {
  let kept = (): void => undefined
  const intents: EventDraft[] = []
  const settled: string[] = []
  const outbox: Outbox = {
    add: () => undefined,
    addIntents: async (drafts) => {
      intents.push(...drafts)
      await new Promise<void>((resolve) => (kept = resolve))
    },
    settle: (ids) => void settled.push(...ids),
    waitForRoom: () => undefined,
    status: () => ({ eventsRecorded: 0, eventsWaiting: 0, eventsLost: 0 }),
    close: async () => undefined,
  }
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const drafts = {
    gatewayId: 'g',
    hashSecret: () => '12345678',
    bindParameters: 'full',
    logins: new Map(),
  } as const
  const recorder = new OutboxRecorder(outbox, { drafts, log })
  const session: SessionFacts = {
    id: 's1',
    startedAtMs: 0,
    isEncrypted: false,
    protocol: '3.0',
    login: 'ann',
    database: 'prod',
  }
  const text = { sql: 'select 1', bytes: 8, isCut: false }
  const admitted = recorder.admit(session, [{ intent: 1, protocol: 'simple', startedAt: 0, text }])
  recorder.sessionEnded(session, {
    endedAtMs: 1,
    durationMs: 1,
    cause: 'client_left',
    statements: 0,
    bytesFromClient: 0,
    bytesFromServer: 0,
    transaction: 'idle',
  })
  expect(settled).toEqual([])
  kept()
  await admitted
  expect(settled).toEqual(intents.map(({ id }) => id))
  expect(settled).toHaveLength(1)
})
