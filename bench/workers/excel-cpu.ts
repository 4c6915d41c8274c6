import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { answerRequests } from '../worker.ts'

/** CPU of the Excel encoder, of bare deflate and of exceljs, in a process that has done nothing else. */
export type ExcelCpuRequest = { events: number; rounds: number }
/** Per compression level, in CPU seconds: medians over the rounds. */
export type ExcelCpuResult = { level: number; deflate: number; encoder: number; exceljs: number }[]

type MeasureExcel = (request: ExcelCpuRequest) => Promise<ExcelCpuResult>

/** The encoder's own benchmark. */
const excelProgram = join(import.meta.dirname, '..', 'excel.ts')

answerRequests(async (request: ExcelCpuRequest) => {
  // The module's own signature.
  const { measureExcel } = (await import(pathToFileURL(excelProgram).href)) as { measureExcel: MeasureExcel }
  return measureExcel(request)
})
