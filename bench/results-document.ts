import {
  isMet,
  ratioOf,
  type Figure,
  type Line,
  type PartName,
  type PartResult,
  type Unit,
} from './benchmark.ts'
import { knownMisses } from './known-misses.ts'

const partTitles: Record<PartName, string> = {
  ingest: 'Ingest',
  'single-events': 'Single events',
  visibility: 'From acknowledged to found',
  reads: 'Reading',
  insights: 'Insights',
  excel: 'Excel',
  sql: 'Understanding SQL',
  gateway: 'PostgreSQL gateway',
  page: 'The page in a browser',
  detections: 'Detections',
  backtests: 'Rules tried on the past',
}

const header = [
  '| what | ours | compared with | ratio | goal | |',
  '| --- | ---: | ---: | ---: | ---: | --- |',
]

/** The one table of ratios, in Markdown. */
export function writeTable(results: readonly PartResult[]): string {
  return [...header, ...results.flatMap((result) => result.lines.map(writeRow))].join('\n')
}

/** docs/benchmarks.md: everything that a reader needs to judge the table and to repeat it. */
export function writeDocument(results: readonly PartResult[]): string {
  const misses = results.flatMap((result) => result.lines).filter((line) => isMet(line) === false)
  const judged = results.flatMap((result) => result.lines).filter((line) => isMet(line) !== undefined)
  return `${[
    '# Benchmarks',
    'Written by `npm run bench`; do not edit. Every figure comes from a run of it, with the peers in the same run.',
    ...quickWarning(results),
    `**${judged.length - misses.length} of ${judged.length} goals are met.**${misses.length === 0 ? '' : ` Missed: ${misses.map((line) => line.title).join('; ')}.`}`,
    writeTable(results),
    'Figures are medians over rounds in which ours and the peer took turns (A B A B); the spread from least to most ' +
      'stands in brackets. A ratio is ours divided by the peer or the limit: for rates more is better, for times and ' +
      'sizes less is. `limit` is a fixed goal and no measurement.',
    ...writeMisses(misses),
    ...results.map(writePart),
    writeMachines(results),
  ].join('\n\n')}\n`
}

/** The short form for README.md. */
export function writeSummary(results: readonly PartResult[]): string {
  const rows = results.flatMap((result) => result.lines).filter((line) => line.goal !== undefined)
  const missed = rows.filter((line) => isMet(line) === false).length
  return [
    ...quickWarning(results),
    '| what | ours | compared with | ratio | goal |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...rows.map(
      (line) =>
        `| ${line.title} | ${formatNumber(line.ours.median)} ${line.unit} | ${comparedWith(line, false)} | ${mark(line)}${formatNumber(ratioOf(line))} | ${goalOf(line)} |`,
    ),
    '',
    `${rows.length - missed} of ${rows.length} goals are met (a miss has **✗**). [How it was measured, and on what](docs/benchmarks.md); \`npm run bench\` repeats it.`,
  ].join('\n')
}

const markers = { start: '<!-- benchmarks -->', end: '<!-- /benchmarks -->' }

/** Puts the summary between the markers. Throws if they are not there. */
export function replaceSummary(readme: string, summary: string): string {
  const start = readme.indexOf(markers.start)
  const end = readme.indexOf(markers.end)
  if (start === -1 || end < start) throw new Error(`README.md has no ${markers.start} ... ${markers.end}`)
  return `${readme.slice(0, start + markers.start.length)}\n\n${summary}\n\n${readme.slice(end)}`
}

function quickWarning(results: readonly PartResult[]): string[] {
  const parts = results.filter((result) => result.mode !== 'full').map((result) => partTitles[result.part])
  return parts.length === 0
    ? []
    : [
        `> **Not a measurement:** ${parts.join(', ')} ran at small sizes, only to see that the benchmark works.`,
      ]
}

/** What is missed, and why; nothing where nothing is. */
function writeMisses(misses: readonly Line[]): string[] {
  if (misses.length === 0) return []
  const lines = misses.map(({ id, title }) => `- **${title}**: ${knownMisses[id] ?? 'not yet understood.'}`)
  return ['## What is missed, and why', lines.join('\n')]
}

function writePart(result: PartResult): string {
  const versions = Object.entries(result.versions).map(([name, version]) => `${name} ${version}`)
  return [
    `## ${partTitles[result.part]}`,
    result.lines.map((line) => `- **${line.title}**: ${line.meaning}`).join('\n'),
    ...(result.conditions.length === 0 ? [] : [result.conditions.map((text) => `- ${text}`).join('\n')]),
    `Measured ${result.finishedAt} in ${Math.round(result.seconds)} s at commit ${result.commit}, sizes: ${result.mode}. ` +
      `Versions: ${versions.join(', ')}.`,
  ].join('\n\n')
}

/** Parts that were measured in one run share their machine. */
function writeMachines(results: readonly PartResult[]): string {
  const titlesOf = new Map<string, string[]>()
  for (const { part, machine } of results) {
    const text = machine.map((line) => `- ${line}`).join('\n')
    titlesOf.set(text, [...(titlesOf.get(text) ?? []), partTitles[part]])
  }
  const texts = [...titlesOf].map(([text, titles]) => `${titles.join(', ')}:\n\n${text}`)
  return `## What it ran on\n\n${texts.join('\n\n')}`
}

function writeRow(line: Line): string {
  const cells = [
    line.title,
    formatFigure(line.ours, line.unit),
    comparedWith(line, true),
    formatNumber(ratioOf(line)),
    goalOf(line),
    isMet(line) === undefined ? '' : isMet(line) === true ? 'met' : '**MISSED**',
  ]
  return `| ${cells.join(' | ')} |`
}

function mark(line: Line): string {
  return isMet(line) === false ? '**✗** ' : ''
}

function comparedWith(line: Line, withSpread: boolean): string {
  if (line.against.kind === 'limit') return `limit ${formatNumber(line.against.value)} ${line.unit}`
  const { name, figure } = line.against
  return `${name} ${withSpread ? formatFigure(figure, line.unit) : `${formatNumber(figure.median)} ${line.unit}`}`
}

function goalOf({ goal }: Line): string {
  return goal === undefined ? '' : `${goal.kind === 'at least' ? '≥' : '≤'} ${formatNumber(goal.ratio)}`
}

function formatFigure({ median, least, most, rounds }: Figure, unit: Unit): string {
  const spread = rounds > 1 ? ` (${formatNumber(least)} – ${formatNumber(most)})` : ''
  return `${formatNumber(median)} ${unit}${spread}`
}

/** Three digits that count; large numbers whole. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return 'not measured'
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US')
  return String(Number(value.toPrecision(3)))
}
