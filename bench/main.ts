import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { isMet, partNames, type PartName, type PartResult } from './benchmark.ts'
import { measureParts } from './measure-parts.ts'
import { writeTable } from './results-document.ts'
import { saveResults } from './results-file.ts'
import { Testbed } from './testbed.ts'

const help = `npm run bench -- [options]

  --quick        everything at small sizes, in a few minutes; prints the table and writes no document
  --only PART    one part (${partNames.join(', ')}); may be given again
  --reseed       make the stored events anew instead of taking those of an earlier run
  --out FOLDER   write docs/benchmarks.md and docs/benchmarks.json below this folder, not into the checkout

A full run needs a machine that does nothing else, some 10 GB of disk in the temporary folder, and on the first run
time to make ten million events.`

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    reseed: { type: 'boolean', default: false },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
const unknown = values.only.filter((name) => !isPartName(name))
if (values.help || unknown.length > 0) {
  if (unknown.length > 0) console.error(`There is no part ${unknown.join(', ')}.\n`)
  console.log(help)
  process.exitCode = unknown.length > 0 ? 1 : 0
} else {
  process.exitCode = await run(values.only.filter(isPartName))
}

function isPartName(name: string): name is PartName {
  return partNames.some((known) => known === name)
}

async function run(only: PartName[]): Promise<number> {
  const testbed = await Testbed.open()
  const interrupt = (): void => void testbed.close().finally(() => process.exit(130))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupt)
  const folder = values.out ?? (values.quick ? undefined : join(import.meta.dirname, '..'))
  const measured: PartResult[] = []
  let failures = 0
  try {
    const results = measureParts({
      testbed,
      mode: values.quick ? 'quick' : 'full',
      only: only.length === 0 ? partNames : only,
      storedEventsFolder: join(tmpdir(), 'aleph-bench-stored-events'),
      reseed: values.reseed,
      say,
    })
    for await (const result of results) {
      if ('error' in result) {
        failures++
        console.error(`The part ${result.part} failed:`, result.error)
        continue
      }
      measured.push(result)
      // After each part: an interrupted run keeps what it has.
      if (folder !== undefined) await saveResults(folder, [result])
    }
  } finally {
    await testbed.close()
  }
  report(measured)
  return failures === 0 ? 0 : 1
}

function report(measured: PartResult[]): void {
  console.log(`\n${writeTable(measured)}\n`)
  for (const condition of measured.flatMap((result) => result.conditions)) console.log(condition)
  if (values.quick) console.log('Small sizes: these figures say only that the benchmark works.')
  const missed = measured.flatMap((result) => result.lines).filter((line) => isMet(line) === false)
  if (missed.length > 0) console.log(`Missed: ${missed.map((line) => line.title).join('; ')}`)
}

/** Progress, with the time of day. */
function say(text: string): void {
  console.log(`${new Date().toISOString().slice(11, 19)}  ${text}`)
}
