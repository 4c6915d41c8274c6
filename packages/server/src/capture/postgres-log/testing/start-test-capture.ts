import type { PostgresLogSettings } from '@aleph-audit-log/domain/api/integrations'
import { postgresLogLimits } from '../log-limits.ts'
import {
  startPostgresLogCapture,
  type PostgresLogCapture,
  type PostgresLogCaptureOptions,
} from '../postgres-log-capture.ts'
import type { AuditLogForDrafts } from './audit-log-for-drafts.ts'
import { hashSecret } from './log-text.ts'

/** Positions as they come back from where they are kept. */
export type SavedPosition = { json: string | undefined }

export type TestCaptureOptions = Partial<Omit<PostgresLogCaptureOptions, 'integration'>> & {
  into: AuditLogForDrafts
  saved?: SavedPosition
  settings?: Partial<PostgresLogSettings>
}

const quiet = (): void => undefined

/** Starts a capture that polls quickly, into a log for tests. */
export function startTestCapture(path: string, options: TestCaptureOptions): PostgresLogCapture {
  const { into, saved = { json: undefined }, settings, ...others } = options
  return startPostgresLogCapture({
    integration: { id: 'int_1', settings: { path, bindParameters: 'types', logins: [], ...settings } },
    loadPosition: async () => (saved.json === undefined ? undefined : JSON.parse(saved.json)),
    savePosition: async (position) => {
      saved.json = JSON.stringify(position)
    },
    ingest: into.ingest,
    hashSecret,
    clock: () => Date.now(),
    log: { info: quiet, warn: quiet, error: quiet },
    limits: { ...postgresLogLimits, pollMs: 10, lookAgainMs: 20, retryMs: { first: 5, max: 20 } },
    ...others,
  })
}
