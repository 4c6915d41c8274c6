import { createHash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AuditError } from '@aleph-audit-log/domain/error'
import * as z from 'zod'
import { savePositionFile } from '../../capture/postgres-log/import-postgres-log.ts'
import { layoutSchema } from './interpret-record.ts'

const count = z.number().int().nonnegative()

const tooOldSchema = z.strictObject({
  count,
  oldest: z.string(),
  newest: z.string(),
  retentionDays: z.number().exactOptional(),
})
export type TooOld = z.infer<typeof tooOldSchema>

/** How far an import has come: everything before `offset` was acknowledged or stands in the report. */
const importStateSchema = z.strictObject({
  version: z.literal(1),
  /** Made at the beginning of a run; a run that was interrupted and goes on keeps it. */
  runId: z.string(),
  state: z.enum(['running', 'finished']),
  file: z.string(),
  layout: layoutSchema,
  /** Hash of the mapping and the options that decide what a record becomes. */
  mappingHash: z.string(),
  /** In the unpacked file: bytes, and the line that begins there. */
  offset: count,
  line: count,
  /** SHA-256 of the bytes before `offset`. */
  sha256: z.string(),
  /** Of this run. */
  imported: count,
  refused: count,
  tooOld: tooOldSchema.exactOptional(),
  /** How long the report is, for what was written after the position was saved last. */
  reportBytes: count,
})
export type ImportState = z.infer<typeof importStateSchema>

/** Where the position of an import is kept: one for each file, name and audit log. */
export async function positionFileOf(
  dataDir: string,
  { file, name, target }: { file: string; name: string; target: string },
): Promise<string> {
  const stateDir = join(dataDir, 'imports')
  await mkdir(stateDir, { recursive: true, mode: 0o700 })
  const hash = createHash('sha256')
    .update(JSON.stringify([file, name, target]))
    .digest('hex')
    .slice(0, 16)
  return join(stateDir, `file-${hash}.json`)
}

/** Undefined before the first import. Throws AuditError('conflict') for what this version did not write. */
export async function loadImportState(path: string): Promise<ImportState | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  const parsed = importStateSchema.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  throw new AuditError('conflict', `${path} holds no position of an import. Use --restart to begin anew.`, {
    cause: parsed.error,
  })
}

/** Replaces the saved position as a whole; it is on the disk when this resolves. */
export async function saveImportState(path: string, state: ImportState): Promise<void> {
  await savePositionFile(path, JSON.stringify(state))
}

function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    return undefined
  }
}
