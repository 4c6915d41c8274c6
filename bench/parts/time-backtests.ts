import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { shippedRulesFolder } from '../../packages/server/src/detect/testing/judge-drafts.ts'
import type { AuditServer } from '../audit-server.ts'
import type { PartContext } from '../part.ts'
import { copyDataDirectory, provideStoredEvents } from '../stored-events.ts'

/** One of each manner: plain events, texts, what is new to somebody, who was silent, and sums of days. */
const asked: readonly (readonly [file: string, name: string])[] = [
  ['left-account.yml', 'left_account'],
  ['sql-injection.yml', 'sql_injection'],
  ['new-network.yml', 'new_network'],
  ['dormant-account.yml', 'dormant_account'],
  ['beyond-the-usual.yml', 'rows_above_past'],
]

/** How long shipped rules are tried on the past 30 days of a large log, in ms: each after the other, several times. */
export async function timeBacktests(context: PartContext): Promise<number[]> {
  const { testbed, sizes, say } = context
  const stored = await provideStoredEvents(context, sizes.detections.stored)
  return testbed.withFolder('backtests', async (folder) => {
    const dataDir = await copyDataDirectory(stored, folder)
    return testbed.withServer(dataDir, async (server) => {
      const times: number[] = []
      for (const [file, name] of asked) {
        const source = await readRule(file, name)
        for (let sample = 0; sample < sizes.detections.backtests; sample++) {
          const ms = await timeBacktest(server, source)
          say(`backtest of ${name}: ${Math.round(ms)} ms`)
          times.push(ms)
        }
      }
      return times
    })
  })
}

async function readRule(file: string, name: string): Promise<string> {
  const documents = (await readFile(join(shippedRulesFolder, file), 'utf8')).split(/^---$/m)
  const found = documents.find((text) => text.includes(`\nname: ${name}\n`))
  if (found === undefined) throw new Error(`${file} has no rule ${name}`)
  return found
}

async function timeBacktest({ url, authorization }: AuditServer, source: string): Promise<number> {
  const startMs = performance.now()
  const response = await fetch(`${url}/api/v1/detection-rules/backtest`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ source }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`a backtest was refused: ${text}`)
  return performance.now() - startMs
}
