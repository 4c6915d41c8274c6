import { viewStateSchema } from '@aleph-audit-log/domain/api/views'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import { withTerm } from '@aleph-audit-log/domain/filter/edit-filter'
import { namesNoise } from '@aleph-audit-log/domain/filter/names-noise'
import { parseFilter } from '@aleph-audit-log/domain/filter/parse-filter'
import { printTerm } from '@aleph-audit-log/domain/filter/print-filter'
import { readPerson } from '../../access/read-person.ts'
import { describeVisibility } from '../../access/restrict-to-viewer.ts'
import type { Person } from '../../access/viewer.ts'
import { collectDigest, type DigestLimits } from '../../search/digest/collect-digest.ts'
import { scheduledFileName } from '../../search/export/export-file-name.ts'
import { openExport, type ExportDependencies, type OpenedExport } from '../../search/export/open-export.ts'
import { readMailServer, type MailServer } from '../../settings/mail-settings.ts'
import type { Settings } from '../../settings/open-settings.ts'
import type { ClaimedRun, RunResult } from '../../settings/schedules/export-runs.ts'
import { configurationOf } from '../../settings/schedules/schedule-rows.ts'
import type { Sealer } from '../../settings/seal-text.ts'
import { renderDigestMail, renderExportMail, sayPeriod, type MailHead } from './render-mail.ts'
import { RunFailure } from './run-failure.ts'
import type { MailBody } from '../mail/mail-parts.ts'
import { MailFailure, sendMail, type Mail } from '../mail/send-mail.ts'
import { writeToFolder } from './write-to-folder.ts'

export type RunDependencies = ExportDependencies & {
  settings: Settings
  sealer: Sealer
  /** Keeps an event in the log of a workspace. */
  record: (draft: EventDraft, workspaceId: string) => Promise<void>
  publicUrl: () => string
  /** Resolves when the event store has what was acknowledged before the call. Errors: `unavailable` if it takes too long. */
  untilApplied: (signal: AbortSignal) => Promise<void>
  /** The one folder that schedules may write below; undefined: none. */
  exportDir: string | undefined
  limits: { attachmentBytesMax: number; digest: DigestLimits }
}

type Content = { title: string; q: string; showsNoise: boolean; columns: string | undefined }

/** What of a run is the same for all destinations. */
type Running = ClaimedRun & {
  person: Person
  content: Content
  configuration: ReturnType<typeof configurationOf>
}

/**
 * Makes what a run is to deliver, with the rights that its person has at this moment, and delivers it. Throws
 * RunFailure, and what its parts throw; then nothing was delivered, unless an e-mail's answer was lost on its way.
 */
export async function runExport(
  claimed: ClaimedRun,
  deps: RunDependencies,
  signal: AbortSignal,
): Promise<RunResult> {
  // Switched off while it ran, and failed for a while: the next try is one too many.
  if (claimed.schedule.enabled === 0 && claimed.run.started_by === 'schedule') {
    throw new RunFailure('The schedule was switched off before this was delivered.', { passes: false })
  }
  const configuration = configurationOf(claimed.schedule)
  const person = await findPerson(claimed, deps)
  const content = await findContent(claimed, deps)
  const running = { ...claimed, person, content, configuration }
  // A period that ends at midnight is whole a second later.
  await deps.untilApplied(signal)
  if (configuration.format === 'digest') return sendDigest(running, deps, signal)
  const opened = await openExport(
    person,
    {
      q: searchOf(content),
      from: claimed.run.period_from,
      to: claimed.run.period_to,
      format: configuration.format,
      columns: configuration.format === 'jsonl' ? undefined : content.columns,
      // Exactly the file that a download on the page would be.
      csvSafe: true,
    },
    async (draft) => deps.record(draft, person.workspaceId),
    deps,
    { signal, more: { scheduleId: claimed.schedule.id, schedule: claimed.schedule.name } },
  )
  const { destination } = configuration
  if (destination.kind === 'email') return sendFile(running, opened, deps, signal)
  return saveFile(running, opened, destination.folder, deps, signal)
}

async function findPerson({ run, schedule }: ClaimedRun, { settings }: RunDependencies): Promise<Person> {
  const person = await readPerson(settings, {
    workspaceId: schedule.workspace_id,
    userId: schedule.runs_as_id,
    sessionId: `scheduled export ${run.id}`,
  })
  const who = schedule.runs_as_name
  if (!person) {
    throw new RunFailure(
      `${who}, with whose rights it ran, has left the workspace. An admin who edits and saves it takes it over.`,
      { passes: false },
    )
  }
  if (person.permissions.has('admin')) return person
  throw new RunFailure(
    `${who}, with whose rights it ran, is no admin any more. An admin who edits and saves it takes it over.`,
    { passes: false },
  )
}

async function findContent({ schedule }: ClaimedRun, { settings }: RunDependencies): Promise<Content> {
  const { view_id, search_text, workspace_id, name } = schedule
  if (view_id === null) return { title: name, q: search_text ?? '', showsNoise: true, columns: undefined }
  const view = await settings.db
    .selectFrom('views')
    .select(['name', 'state'])
    .where('id', '=', view_id)
    .where('workspace_id', '=', workspace_id)
    .where('shared', '=', 1)
    .executeTakeFirst()
  if (!view) {
    throw new RunFailure('Its view was deleted, or is no longer shared with the workspace.', {
      passes: false,
    })
  }
  const { q, noise, columns } = viewStateSchema.parse(JSON.parse(view.state))
  return { title: view.name, q, showsNoise: noise, columns: columns.join(',') }
}

/** Exactly what the page shows for a view: it leaves out noise unless told otherwise. A search that was typed in is as it is. */
function searchOf({ q, showsNoise }: Content): string {
  return showsNoise || namesNoise(parseFilter(q)) ? q : withTerm(q, '-is:noise')
}

async function sendDigest(running: Running, deps: RunDependencies, signal: AbortSignal): Promise<RunResult> {
  const { person, content, run, schedule } = running
  const q = searchOf(content)
  const text = { q, from: run.period_from, to: run.period_to }
  const server = await mailServerOf(running, deps)
  const digest = await collectDigest(deps.search, person, text, deps.limits.digest, signal)
  // As any other look at the log; before anything of it leaves the server.
  await deps.record(
    {
      type: 'audit_log_exported',
      actor: person.actor,
      data: {
        format: 'digest',
        query: q,
        from: text.from,
        to: text.to,
        scheduleId: schedule.id,
        schedule: schedule.name,
      },
    },
    person.workspaceId,
  )
  const body = renderDigestMail(await headOf(running, deps), digest)
  const message = await send(running, server, body, undefined, signal)
  return { rows: digest.events, ...message }
}

async function sendFile(
  running: Running,
  opened: OpenedExport,
  deps: RunDependencies,
  signal: AbortSignal,
): Promise<RunResult> {
  const { attachmentBytesMax } = deps.limits
  const server = await mailServerOf(running, deps)
  const head = await headOf(running, deps)
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of opened.bytes) {
    bytes += chunk.length
    if (bytes > attachmentBytesMax) break
    chunks.push(chunk)
  }
  signal.throwIfAborted()
  if (bytes > attachmentBytesMax) {
    const tooLarge = `${Math.floor(attachmentBytesMax / 1024 / 1024)} MiB`
    await send(running, server, renderExportMail(head, { tooLarge }), undefined, signal)
    return { message: `The file is larger than ${tooLarge}: the e-mail has a link to it instead.` }
  }
  const name = await fileNameOf(running, deps)
  const body = renderExportMail(head, { rows: opened.rows(), name })
  const attachment = { name, contentType: opened.contentType, content: Buffer.concat(chunks) }
  const message = await send(running, server, body, attachment, signal)
  return { rows: opened.rows(), bytes, ...message }
}

async function saveFile(
  running: Running,
  opened: OpenedExport,
  folder: string,
  deps: RunDependencies,
  signal: AbortSignal,
): Promise<RunResult> {
  if (deps.exportDir === undefined) {
    throw new RunFailure('The operator of the server allows no folder: AUDIT_EXPORT_DIR is not set.', {
      passes: false,
    })
  }
  const bytes = await writeToFolder(untilAborted(opened.bytes, signal), {
    exportDir: deps.exportDir,
    folder,
    fileName: await fileNameOf(running, deps, { scheduleId: running.schedule.id }),
    runId: running.run.id,
  })
  return { rows: opened.rows(), bytes }
}

/** An encoder that is told to end early would otherwise look like one that is done. */
async function* untilAborted(
  bytes: AsyncGenerator<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    signal.throwIfAborted()
    yield chunk
  }
  signal.throwIfAborted()
}

async function mailServerOf(
  { schedule }: Running,
  { settings, sealer }: RunDependencies,
): Promise<MailServer> {
  const server = await readMailServer(settings, sealer, schedule.workspace_id)
  if (server) return server
  throw new RunFailure('There is no server that sends e-mails. Set one on this page.', { passes: false })
}

async function send(
  { run, schedule, configuration, content }: Running,
  server: MailServer,
  body: MailBody,
  attachment: Mail['attachment'],
  signal: AbortSignal,
): Promise<{ message?: string }> {
  const { destination } = configuration
  if (destination.kind !== 'email') throw new Error('A digest has no destination but e-mail.')
  const what = configuration.format === 'digest' ? 'Digest' : 'Audit log'
  const days = run.first_day === run.last_day ? run.first_day : `${run.first_day} to ${run.last_day}`
  const mail: Mail = {
    to: destination.to,
    subject: `${what}: ${content.title}, ${days}`,
    ...body,
    messageId: `${run.id}@${server.from.split('@').at(-1) ?? schedule.id}`,
    ...(attachment && { attachment }),
  }
  try {
    const { refused } = await sendMail(server, mail, signal)
    if (refused.length === 0) return {}
    throw new RunFailure(`The server refused ${refused.join(', ')}; the other recipients have the e-mail.`, {
      passes: false,
    })
  } catch (error) {
    if (!(error instanceof MailFailure)) throw error
    throw new RunFailure(error.message, { passes: error.passes, cause: error })
  }
}

async function fileNameOf(
  { run, content, configuration, person }: Running,
  deps: RunDependencies,
  more: { scheduleId?: string } = {},
): Promise<string> {
  const { format, timing } = configuration
  if (format === 'digest') throw new Error('A digest is no file.')
  const workspaceName = await deps.workspaceName(person.workspaceId)
  const days = { firstDay: run.first_day, lastDay: run.last_day, zone: timing.zone, dueAt: run.due_at }
  return scheduledFileName({ workspaceName, title: content.title, ...days, ...more }, format).utf8
}

async function headOf(running: Running, deps: RunDependencies): Promise<MailHead> {
  const { run, schedule, content, configuration, person } = running
  const base = deps.publicUrl()
  const urlOf = (q: string): string => {
    const params = new URLSearchParams({
      ...(q === '' ? {} : { q }),
      from: run.period_from,
      to: run.period_to,
      ...(content.showsNoise ? { noise: 'shown' } : {}),
    })
    return `${base}/audit-log?${params.toString()}`
  }
  return {
    title: schedule.name,
    workspaceName: await deps.workspaceName(person.workspaceId),
    period: sayPeriod(run.first_day, run.last_day, configuration.timing.zone),
    q: content.q,
    visibility: describeVisibility(person),
    runsAs: person.actor.name ?? schedule.runs_as_name,
    logUrl: urlOf(content.q),
    settingsUrl: `${base}/settings/scheduled-exports`,
    logUrlOf: (term) =>
      urlOf(
        'search' in term
          ? term.search.split(' ').reduce(withTerm, content.q)
          : withTerm(content.q, printTerm(term.qualifier, term.value)),
      ),
  }
}
