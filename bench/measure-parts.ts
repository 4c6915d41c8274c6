import type { Mode, PartName, PartResult } from './benchmark.ts'
import { describeCommit, describeMachine } from './machine.ts'
import type { MeasurePart, PartContext } from './part.ts'
import { measureBacktests } from './parts/measure-backtests.ts'
import { measureDetections } from './parts/measure-detections.ts'
import { measureExcelDownload } from './parts/measure-excel-download.ts'
import { measureGateway } from './parts/measure-gateway.ts'
import { measureInsights } from './parts/measure-insights.ts'
import { measureIngest } from './parts/measure-ingest.ts'
import { measurePage } from './parts/measure-page.ts'
import { measureReads } from './parts/measure-reads.ts'
import { measureSingleEvents } from './parts/measure-single-events.ts'
import { measureSql } from './parts/measure-sql.ts'
import { measureVisibility } from './parts/measure-visibility.ts'
import { sizesOf } from './sizes.ts'

const parts: Record<PartName, MeasurePart> = {
  ingest: measureIngest,
  'single-events': measureSingleEvents,
  visibility: measureVisibility,
  reads: measureReads,
  insights: measureInsights,
  excel: measureExcelDownload,
  sql: measureSql,
  gateway: measureGateway,
  page: measurePage,
  detections: measureDetections,
  backtests: measureBacktests,
}

export type MeasureOptions = Omit<PartContext, 'sizes'> & { mode: Mode; only: readonly PartName[] }

export type PartFailure = { part: PartName; error: unknown }

/** Measures the parts one after the other and yields each as it is done; one that fails does not keep the others from it. */
export async function* measureParts(options: MeasureOptions): AsyncGenerator<PartResult | PartFailure> {
  const { mode, only, ...context } = options
  const machine = describeMachine()
  const commit = describeCommit()
  for (const part of only) {
    context.say(`== ${part}`)
    const startMs = performance.now()
    try {
      const outcome = await parts[part]({ ...context, sizes: sizesOf[mode] })
      const seconds = (performance.now() - startMs) / 1000
      yield { ...outcome, part, mode, machine, commit, finishedAt: new Date().toISOString(), seconds }
    } catch (error) {
      yield { part, error }
    }
  }
}
