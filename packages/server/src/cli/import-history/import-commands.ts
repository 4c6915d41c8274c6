import { Option, type Command } from 'commander'
import { readClientConfig, readConfig } from '../../config.ts'
import type { Connection } from '../connect.ts'
import {
  importHistoryFile,
  tryHistoryFile,
  type HistoryImportRequest,
  type ImportOutput,
} from './import-history-file.ts'
import type { FileFormat } from './interpret-record.ts'
import { mappingPresets, presetNames, type PresetName } from './mapping-presets.ts'

type Options = Omit<HistoryImportRequest, 'file' | 'format' | 'dataDir' | 'target'> & { dryRun?: boolean }
type WithConnection = (work: (connection: Connection) => Promise<void>) => Promise<void>

/** Adds `import jsonl`, `import csv` and `import preset`: history of any other product. */
export function addHistoryImports(importing: Command, withConnection: WithConnection): void {
  addFormat(importing, 'jsonl', 'a file of JSON lines, of this product or any other', withConnection)
  addFormat(
    importing,
    'csv',
    'a CSV file with a header, of this product or any other',
    withConnection,
  ).option(
    '--delimiter <character>',
    'what stands between fields; without it told from the header: , ; | or tab',
    (text: string) => (text === 'tab' ? '\t' : text),
  )
  importing
    .command('preset')
    .description('print a built-in mapping, to begin your own with')
    .addOption(new Option('--name <name>', 'which').choices([...presetNames]).makeOptionMandatory())
    .action(({ name }: { name: PresetName }) =>
      console.log(JSON.stringify(mappingPresets[name], undefined, 2)),
    )
}

function addFormat(
  importing: Command,
  format: FileFormat,
  description: string,
  withConnection: WithConnection,
): Command {
  return importing
    .command(format)
    .description(description)
    .argument('<file>', 'the file, - for the standard input; .gz is unpacked')
    .option('--map <file>', 'JSON file that tells which field of the file is which field of an event')
    .addOption(new Option('--preset <name>', 'a built-in mapping').choices([...presetNames]))
    .option('--set <field=text>', 'give a field this text in every event; may be repeated', collect, [])
    .option('--name <name>', 'name of the source in the ids of events; by default the name of the file')
    .option('--report <file>', 'where refused lines go; by default beside the file, as FILE.refused.jsonl')
    .option('--restart', 'begin anew instead of going on where the last import stopped')
    .option('--stop-at-first', 'stop at the first refused line')
    .option('--dry-run', 'read and check everything, show the first events, send nothing')
    .action(async (file: string, { dryRun, ...options }: Options) => {
      const target = readClientConfig()?.url ?? 'local'
      const request = { ...options, file, format, dataDir: readConfig().dataDir, target }
      if (dryRun === true) {
        process.exitCode = await tryHistoryFile(request, output)
        return
      }
      await withConnection(async (connection) => {
        process.exitCode = await untilInterrupted((signal) =>
          importHistoryFile(connection, request, output, signal),
        )
      })
    })
}

function collect(text: string, before: string[]): string[] {
  return [...before, text]
}

const output: ImportOutput = { print: (line) => console.log(line), progress: process.stderr }

/** The first SIGINT or SIGTERM asks for an end in order; a second one ends the process. */
async function untilInterrupted(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const interrupted = new AbortController()
  const interrupt = (): void => interrupted.abort()
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  try {
    return await work(interrupted.signal)
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
  }
}
