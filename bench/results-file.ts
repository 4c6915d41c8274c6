import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { partNames, type PartResult } from './benchmark.ts'
import { replaceSummary, writeDocument, writeSummary } from './results-document.ts'

/** What was measured last of each part, in the order of the document: a part that is run alone replaces only itself. */
function mergeResults(kept: readonly PartResult[], measured: readonly PartResult[]): PartResult[] {
  return partNames.flatMap((part) => {
    const result =
      measured.find((candidate) => candidate.part === part) ??
      kept.find((candidate) => candidate.part === part)
    return result === undefined ? [] : [result]
  })
}

/**
 * Merges results into `docs/benchmarks.json` below a folder and writes `docs/benchmarks.md` and the part of
 * `README.md` between its markers (if there is a README.md) from all of them.
 */
export async function saveResults(folder: string, measured: readonly PartResult[]): Promise<void> {
  const path = join(folder, 'docs', 'benchmarks.json')
  // Written by this function alone.
  const kept = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as PartResult[]) : []
  const results = mergeResults(kept, measured)
  await mkdir(join(folder, 'docs'), { recursive: true })
  await writeFile(path, `${JSON.stringify(results, undefined, 2)}\n`)
  await writeFile(join(folder, 'docs', 'benchmarks.md'), writeDocument(results))
  const readme = join(folder, 'README.md')
  if (existsSync(readme)) {
    await writeFile(readme, replaceSummary(await readFile(readme, 'utf8'), writeSummary(results)))
  }
}
