import { measureExcel } from '../excel.ts'
import { answerRequests } from '../worker.ts'

/** CPU of the Excel encoder, of bare deflate and of exceljs, in a process that has done nothing else. */
export type ExcelCpuRequest = Parameters<typeof measureExcel>[0]
export type ExcelCpuResult = Awaited<ReturnType<typeof measureExcel>>

answerRequests(measureExcel)
