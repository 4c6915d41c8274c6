import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ScheduleConfiguration } from '@aleph-audit-log/domain/api/schedules'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import type { StoredEvent } from '@aleph-audit-log/domain/event'
import type { Act } from '../../../access/act.ts'
import { addUser } from '../../../access/add-user.ts'
import { readPerson } from '../../../access/read-person.ts'
import { limits } from '../../../config.ts'
import { createLog } from '../../../log.ts'
import { Search } from '../../../search/search-events.ts'
import { changeMailSettings } from '../../../settings/mail-settings.ts'
import { openSettings, type Settings } from '../../../settings/open-settings.ts'
import { createSealer } from '../../../settings/seal-text.ts'
import type { SettingsPlace } from '../../../settings/testing/settings-engines.ts'
import { ensureWorkspace, readWorkspaceName } from '../../../settings/workspaces.ts'
import { createMemoryEventStore } from '../../../store/memory/memory-event-store.ts'
import { startMailbox, type Mailbox } from '../../../testing/mailbox.ts'
import { ScheduledExports, type ScheduledExportsOptions } from '../scheduled-exports.ts'

/** Settings, a log in memory, a mail server and a folder, for servers that run schedules by a clock of the test. */
export type Schedules = {
  settings: Settings
  clock: { ms: number }
  mailbox: Mailbox
  /** What was recorded, in order. */
  events: { draft: EventDraft; workspaceId: string }[]
  /** Makes events fail to be stored while true. */
  journal: { full: boolean }
  workspaceId: string
  adminId: string
  exportDir: string
  /** What the servers wrote to their logs. */
  log: () => string
  append: (...events: StoredEvent[]) => Promise<void>
  act: () => Promise<Act>
  setMail: (password?: string) => Promise<void>
  addAdmin: (email: string) => Promise<string>
  /** A server on settings of its own connection, which has not begun yet. */
  server: (options?: Partial<ScheduledExportsOptions['limits']> & { settings?: Settings }) => ScheduledExports
  close: () => Promise<void>
}

const dailyAtEight: ScheduleConfiguration['timing'] = {
  every: 'day',
  weekday: 1,
  hour: 8,
  minute: 0,
  zone: 'Europe/Berlin',
  covers: 'day',
}

/** A schedule as a test wants it. */
export function wanted(more: Partial<ScheduleConfiguration> = {}): ScheduleConfiguration {
  return {
    name: 'Failures',
    content: { q: 'type:query' },
    format: 'csv',
    timing: dailyAtEight,
    destination: { kind: 'email', to: ['board@acme.test'] },
    enabled: true,
    ...more,
  }
}

export async function startSchedules(place: SettingsPlace): Promise<Schedules> {
  const clock = { ms: Date.parse('2026-11-28T12:00:00Z') }
  const now = (): number => clock.ms
  const settings = await openSettings({ ...place.where, now })
  const [mailbox, exportDir] = await Promise.all([startMailbox(), mkdtemp(join(tmpdir(), 'exports-'))])
  const events: Schedules['events'] = []
  const journal = { full: false }
  const record = async (draft: EventDraft, of: string): Promise<void> => {
    if (journal.full) throw new Error('The journal is full.')
    events.push({ draft, workspaceId: of })
  }
  const { id: workspaceId } = await ensureWorkspace({ settings, now, record })
  const addAdmin = async (email: string): Promise<string> =>
    settings.db.transaction().execute(async (transaction) =>
      addUser(transaction, {
        workspaceId,
        name: email.split('@')[0] ?? '',
        email,
        passwordHash: 'x',
        role: 'admin',
        time: new Date(clock.ms).toISOString(),
      }),
    )
  const adminId = await addAdmin('ann@acme.test')
  const store = createMemoryEventStore()
  const search = new Search({
    store,
    now,
    retentionDays: 400,
    windowDays: 30,
    pageBytesMax: 1e7,
    histogramBucketsMax: 100,
    facetValuesMax: 50,
    settledPositions: async () => [],
  })
  const sealer = createSealer(Buffer.from('a secret of the test, long enough'))
  let log = ''
  const act: Schedules['act'] = async () => {
    const viewer = await readPerson(settings, { workspaceId, userId: adminId, sessionId: 'test' })
    if (!viewer) throw new Error('The admin has left.')
    return { settings, viewer, record: async (draft) => record(draft, workspaceId), nowMs: clock.ms }
  }
  return {
    settings,
    clock,
    mailbox,
    events,
    journal,
    workspaceId,
    adminId,
    exportDir,
    log: () => log,
    act,
    addAdmin,
    append: async (...more) =>
      store.appendEvents(
        more.map((event) => ({ ...event, workspaceId })),
        { mayBeThere: false },
      ),
    setMail: async (password) =>
      void (await changeMailSettings(await act(), sealer, {
        host: '127.0.0.1',
        port: mailbox.port,
        tls: 'none',
        user: password === undefined ? '' : 'audit',
        from: 'audit@acme.test',
        ...(password === undefined ? {} : { password }),
      })),
    server: ({ settings: own = settings, ...more } = {}) =>
      new ScheduledExports({
        settings: own,
        sealer,
        search,
        record,
        now,
        workspaceName: async (id) => (await readWorkspaceName(own, id)) ?? '',
        pageBytesMax: 1e6,
        publicUrl: () => 'https://audit.acme.test',
        untilApplied: async () => undefined,
        exportDir,
        log: createLog((line) => (log += line)),
        limits: { ...limits.schedules, pollMs: 20, retryMs: [60_000, 300_000], ...more },
      }),
    close: async () => {
      await mailbox.close()
      await settings.close()
      await rm(exportDir, { recursive: true, force: true })
    },
  }
}
