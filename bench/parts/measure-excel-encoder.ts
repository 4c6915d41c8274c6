import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { peerLine, type Line } from '../benchmark.ts'
import type { PartContext } from '../part.ts'

/** CPU seconds, medians over rounds, of making the same sheet. */
type Levels = { level1: number; level6: number }
export type ExcelMeasurement = { encoder: Levels; deflate: Levels; exceljs: Levels; rows: number }
type MeasureExcel = (options: { rows: number; rounds: number }) => Promise<ExcelMeasurement>

const program = join(import.meta.dirname, '..', 'excel.ts')

/** CPU of the encoder against zlib alone and against exceljs. No lines where that measurement is not there. */
export async function measureEncoder({ sizes, say }: PartContext): Promise<Line[]> {
  if (!existsSync(program)) return []
  const { encoderRows, rounds } = sizes.excel
  say(`the encoder alone, ${encoderRows} rows`)
  // The module's own signature.
  const { measureExcel } = (await import(pathToFileURL(program).href)) as { measureExcel: MeasureExcel }
  const measured = await measureExcel({ rows: encoderRows, rounds })
  return toLines(measured, rounds)
}

function toLines({ encoder, deflate, exceljs, rows }: ExcelMeasurement, rounds: number): Line[] {
  const figure = (median: number) => ({ median, least: median, most: median, rounds })
  const against = (level: 1 | 6, name: 'deflate' | 'exceljs', ratio: number): Line => {
    const key = level === 1 ? 'level1' : 'level6'
    const peer = name === 'deflate' ? deflate : exceljs
    const peerWords =
      name === 'deflate' ? 'zlib deflating the same XML and nothing else' : 'the streaming writer of exceljs'
    return peerLine(
      {
        id: `excel.encoder-${name}-level-${level}`,
        title: `Excel encoder, level ${level}, against ${name === 'deflate' ? 'bare deflate' : 'exceljs'}`,
        unit: 'CPU s',
        ours: figure(encoder[key]),
        meaning: `CPU time of encoding ${rows.toLocaleString('en-US')} events in memory into a workbook at compression level ${level}. Peer: ${peerWords}. Medians of ${rounds} rounds.`,
      },
      name === 'deflate' ? 'bare deflate' : 'exceljs',
      figure(peer[key]),
      { kind: 'at most', ratio },
    )
  }
  return [
    against(6, 'deflate', 1.6),
    against(1, 'deflate', 2),
    against(6, 'exceljs', 0.2),
    against(1, 'exceljs', 0.2),
  ]
}
