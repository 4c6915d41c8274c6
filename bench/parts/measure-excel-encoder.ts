import { peerLine, type Line } from '../benchmark.ts'
import type { PartContext } from '../part.ts'
import type { ExcelCpuResult } from '../workers/excel-cpu.ts'

/** CPU of the encoder against zlib alone and against exceljs. */
export async function measureEncoder({ testbed, sizes, say }: PartContext): Promise<Line[]> {
  const { encoderRows, rounds } = sizes.excel
  say(`the encoder alone, ${encoderRows} rows, beside bare deflate and exceljs`)
  const request = { events: encoderRows, rounds }
  const measured = await testbed.callWorker<ExcelCpuResult>('excel-cpu', request)
  return measured.flatMap((ofLevel) => toLines(ofLevel, encoderRows, rounds))
}

function toLines(
  { level, deflate, encoder, exceljs }: ExcelCpuResult[number],
  rows: number,
  rounds: number,
): Line[] {
  // Medians come without their spread.
  const figure = (median: number) => ({ median, least: median, most: median, rounds: 1 })
  const against = (id: string, name: string, peer: number, peerMeaning: string, ratio: number): Line =>
    peerLine(
      {
        id: `excel.encoder-${id}-level-${level}`,
        title: `Excel encoder, level ${level}, against ${name}`,
        unit: 'CPU s',
        ours: figure(encoder),
        meaning: `CPU time of encoding ${rows.toLocaleString('en-US')} events with the default columns into a workbook at compression level ${level}. Peer: ${peerMeaning}. Medians of ${rounds} rounds in which they took turns.`,
      },
      name,
      figure(peer),
      { kind: 'at most', ratio },
    )
  return [
    against(
      'deflate',
      'bare deflate',
      deflate,
      'zlib deflating the same XML in one call and nothing else, the least that such a file can cost',
      level === 1 ? 2 : 1.6,
    ),
    against('exceljs', 'exceljs', exceljs, 'the streaming writer of exceljs with the same cells', 0.2),
  ]
}
