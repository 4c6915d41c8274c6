import type { Mode, PartName, PartResult } from './benchmark.ts'
import { describeCommit, describeMachine } from './machine.ts'
import type { MeasurePart } from './part.ts'
import { measureExcelDownload } from './parts/measure-excel-download.ts'
import { measureIngest } from './parts/measure-ingest.ts'
import { measureReads } from './parts/measure-reads.ts'
import { measureSingleEvents } from './parts/measure-single-events.ts'
import { measureVisibility } from './parts/measure-visibility.ts'
import { sizesOf } from './sizes.ts'
import type { Testbed } from './testbed.ts'

const parts: Record<PartName, MeasurePart> = {
  ingest: measureIngest,
  'single-events': measureSingleEvents,
  visibility: measureVisibility,
  reads: measureReads,
  excel: measureExcelDownload,
}

export type MeasureOptions = {
  testbed: Testbed
  mode: Mode
  only: readonly PartName[]
  reseed: boolean
  say: (text: string) => void
}

/** Measures the parts one after the other and yields each as it is done. */
export async function* measureParts(options: MeasureOptions): AsyncGenerator<PartResult> {
  const { testbed, mode, reseed, say } = options
  for (const part of options.only) {
    say(`== ${part}`)
    const machine = describeMachine()
    const startMs = performance.now()
    const outcome = await parts[part]({ sizes: sizesOf[mode], testbed, reseed, say })
    yield {
      ...outcome,
      part,
      mode,
      machine,
      commit: describeCommit(),
      finishedAt: new Date().toISOString(),
      seconds: (performance.now() - startMs) / 1000,
    }
  }
}
