import { readFile } from 'node:fs/promises'
import { readConfig } from '../../../config.ts'
import { createLog } from '../../../log.ts'
import { bootstrapApiKey, type TestServer } from '../../../testing/test-server.ts'
import { connect } from '../../connect.ts'
import { importHistoryFile, type HistoryImportRequest } from '../import-history-file.ts'

type Request = Partial<HistoryImportRequest> & { file: string; dataDir: string }

/** Imports as the command line does. Returns its exit code and what it printed. */
export async function importInto(
  server: TestServer,
  request: Request,
): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = []
  const config = readConfig({ AUDIT_DATA_DIR: request.dataDir })
  const address = { url: server.url, apiKey: bootstrapApiKey }
  const connection = await connect(
    address,
    config,
    createLog(() => undefined),
  )
  const output = { print: (line: string) => void lines.push(line), progress: { write: () => true } }
  const whole = { format: 'jsonl', set: [], target: server.url, ...request } as const
  const code = await importHistoryFile(connection, whole, output, new AbortController().signal)
  return { code, lines }
}

const anHourAgo = Date.now() - 3_600_000

/** A time in the past hour, later with each number. */
export function recent(n: number): string {
  return `${new Date(anHourAgo + n * 1000).toISOString().slice(0, 19)}.${String(n).padStart(6, '0')}Z`
}

let types = 0

/** A type of event that no other test uses. */
export function ownType(): string {
  return `import_test_${process.pid}_${++types}`
}

export async function readReport(file: string): Promise<Record<string, unknown>[]> {
  const text = await readFile(`${file}.refused.jsonl`, 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}
