import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { shippedRulesFolder } from '../../packages/server/src/detect/testing/judge-drafts.ts'
import type { AuditServer } from '../audit-server.ts'
import { limitLine, type Line, type PartOutcome } from '../benchmark.ts'
import { quantileFigure, toFigure } from '../figures.ts'
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

/** How long somebody waits who tries a shipped rule on the past 30 days of a large log. */
export async function measureBacktests(context: PartContext): Promise<PartOutcome> {
  const { testbed, sizes, say } = context
  const stored = await provideStoredEvents(context, sizes.backtests.stored)
  const times = await testbed.withFolder('backtests', async (folder) => {
    const dataDir = await copyDataDirectory(stored, folder)
    return testbed.withServer(dataDir, async (server) => {
      const ofRules: { name: string; times: number[] }[] = []
      for (const [file, name] of asked) {
        const source = await readRule(file, name)
        const ofRule: number[] = []
        for (let sample = 0; sample < sizes.backtests.samples; sample++)
          ofRule.push(await timeBacktest(server, source))
        say(`${name}: ${ofRule.map((ms) => Math.round(ms)).join(', ')} ms`)
        ofRules.push({ name, times: ofRule })
      }
      return ofRules
    })
  })
  return { lines: toLines(context, times), versions: {}, conditions: [] }
}

function toLines({ sizes }: PartContext, ofRules: readonly { name: string; times: number[] }[]): Line[] {
  const { stored, samples } = sizes.backtests
  const of = `Over HTTP, ${stored.toLocaleString('en-US')} events stored, one after the other: plain events, texts of SQL injection, what is new to somebody, who was silent, and sums of days, ${samples} times each`
  const [slowest] = ofRules
    .map(({ name, times }) => ({ name, figure: toFigure(times) }))
    .sort((a, b) => b.figure.median - a.figure.median)
  if (slowest === undefined) throw new RangeError('no rule was tried')
  return [
    limitLine(
      {
        id: 'backtests.median',
        title: 'A rule tried on the past 30 days, median',
        unit: 'ms',
        ours: quantileFigure([ofRules.flatMap(({ times }) => times)], 0.5),
        meaning: `${of}.`,
      },
      3000,
    ),
    limitLine(
      {
        id: 'backtests.slowest',
        title: 'The slowest of these rules, median',
        unit: 'ms',
        ours: slowest.figure,
        meaning: `${of}; it is ${slowest.name}.`,
      },
      3000,
    ),
  ]
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
