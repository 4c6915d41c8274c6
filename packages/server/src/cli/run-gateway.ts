import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { postgresGatewaySettingsSchema } from '@aleph-audit-log/domain/api/integrations'
import { AuditError } from '@aleph-audit-log/domain/error'
import { toProblems, type EventDraft } from '@aleph-audit-log/domain/event'
import { bindParameterModes } from '@aleph-audit-log/domain/secrets/mask-bind'
import { maskData } from '@aleph-audit-log/domain/secrets/mask-data'
import * as z from 'zod'
import { checkGatewaySettings } from '../capture/postgres-gateway/check-gateway-settings.ts'
import { startPostgresGatewayCapture } from '../capture/postgres-gateway/postgres-gateway-capture.ts'
import { keyedHash, openDataDirectory } from '../data-directory.ts'
import type { Log } from '../log.ts'
import type { Connection } from './connect.ts'

const configSchema = z.strictObject({
  /** A folder of this program's own, for its keys and for events that wait for the audit log. */
  stateDir: z.string().startsWith('/', 'must be an absolute path'),
  /** What leaves this machine of the values of bind parameters. */
  bindParameters: z.enum(bindParameterModes).default('types'),
  gateway: postgresGatewaySettingsSchema,
})

/** How often the program looks whether something has changed that the operator should know. */
const watchMs = 1000

/**
 * Runs a gateway in this process, for an audit log that may be elsewhere, until SIGINT or SIGTERM. Throws
 * AuditError('invalid') for a configuration that cannot work.
 */
export async function runGateway(connection: Connection, configPath: string, log: Log): Promise<void> {
  const { stateDir, bindParameters, gateway } = await readConfiguration(configPath)
  await checkGatewaySettings(gateway, undefined)
  const directory = await openDataDirectory(stateDir)
  const hashSecret = (text: string): string => keyedHash(directory.secrets.redaction, text).slice(0, 8)
  const mask = (draft: EventDraft): EventDraft =>
    draft.data === undefined
      ? draft
      : { ...draft, data: maskData(draft.data, { hashSecret, bindParameters }) }
  const capture = startPostgresGatewayCapture({
    integration: { id: directory.node, settings: gateway },
    spoolDir: join(stateDir, 'spool'),
    // Nothing that the settings do not allow goes over the network.
    ingest: async (drafts) =>
      void (await connection.call('POST', '/api/v1/events', { events: drafts.map(mask) })),
    mask,
    hashSecret,
    clock: Date.now,
    log,
  })
  let told = ''
  const watch = setInterval(() => {
    const { state, message } = capture.status()
    const now = message === undefined ? state : `${state}: ${message}`
    if (now !== told) console.log(`${describe(gateway)}: ${now}`)
    told = now
  }, watchMs)
  await untilInterrupted()
  clearInterval(watch)
  await capture.close()
  directory.release()
}

async function readConfiguration(path: string): Promise<z.infer<typeof configSchema>> {
  let value: unknown
  try {
    value = JSON.parse(await readFile(path, 'utf8'))
  } catch (cause) {
    throw new AuditError('invalid', `${path} is no readable JSON file.`, { cause })
  }
  const parsed = configSchema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new AuditError('invalid', `${path} cannot be used.`, { problems: toProblems(parsed.error, '') })
}

function describe({
  listenHost,
  listenPort,
  serverHost,
  serverPort,
  mode,
}: z.infer<typeof configSchema>['gateway']): string {
  return `Gateway on ${listenHost}:${listenPort} to ${serverHost}:${serverPort} (${mode})`
}

async function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve()).once('SIGTERM', () => resolve())
  })
}
