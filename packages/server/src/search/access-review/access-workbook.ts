import { toolTitle } from '@aleph-audit-log/domain/attribution/known-tools'
import type { AccessLine, AccessReport, SignedLine, SignOff } from '@aleph-audit-log/domain/api/access-review'
import { encodeReport, type ReportCell } from '../export/encode-report.ts'

const columns = [
  { title: 'Table', width: 32 },
  { title: 'Name', width: 24 },
  { title: 'Email', width: 30 },
  { title: 'Access', width: 14 },
  { title: 'Count', width: 10 },
  { title: 'First', width: 24 },
  { title: 'Last', width: 24 },
  { title: 'Through', width: 48 },
  { title: 'Decision', width: 12 },
  { title: 'Remark', width: 48 },
] as const

const decisionNames: Record<SignedLine['decision'], string> = {
  keep: 'Keep',
  revoke: 'Revoke',
  ask: 'Ask',
}

/** Who may see what, for a reader of the file who knows nothing of the product. */
const whoSeesWhat =
  'Admins and auditors of the workspace see every event, and only they make and sign such reviews. Analysts see all ' +
  'queries and their own events, members their own events.'

export type WorkbookContext = { workspaceName: string; madeBy: string; madeAt: string }

/** A report that nobody has signed yet, as a workbook. */
export function encodeAccessReport(report: AccessReport, context: WorkbookContext): Buffer {
  return encode(report, context, report.lines, [
    ['Status', 'Not signed off'],
    ['Counted for', context.madeBy],
  ])
}

/** A signed review as a workbook. */
export function encodeSignOff(signOff: SignOff, context: WorkbookContext): Buffer {
  const { name, email } = signOff.reviewer
  return encode(signOff, context, signOff.lines, [
    ['Status', 'Signed off'],
    ['Reviewer', email === undefined ? name : `${name} <${email}>`],
    ['Signed off at (UTC)', signOff.signedAt],
    ['Remark', signOff.remark ?? ''],
    ['Review id', signOff.id],
  ])
}

type About = readonly (readonly [string, string | number])[]

function encode(
  review: Pick<AccessReport, 'patterns' | 'tables' | 'from' | 'to' | 'hash'>,
  { workspaceName, madeBy, madeAt }: WorkbookContext,
  lines: readonly (AccessLine & Partial<SignedLine>)[],
  who: About,
): Buffer {
  return encodeReport({
    sheetName: 'Access review',
    columns,
    rows: lines.map(toCells),
    aboutName: 'About this review',
    about: [
      ['Workspace', workspaceName],
      ...who,
      ['From (UTC, included)', review.from],
      ['To (UTC, not included)', review.to],
      ['Tables asked for', review.patterns.join(', ')],
      ['Tables found', review.tables.join(', ')],
      ['Lines', lines.length],
      ['Counted', 'Every event that read or wrote one of the tables, whoever sent it.'],
      ['Who may see what', whoSeesWhat],
      ['SHA-256 of what was counted', review.hash],
      ['Downloaded by', madeBy],
      ['Downloaded at (UTC)', madeAt],
    ],
    madeAt,
  })
}

function toCells(line: AccessLine & Partial<SignedLine>): ReportCell[] {
  const { person } = line
  return [
    line.table,
    person.name ?? (person.email === undefined ? person.id : undefined),
    person.email,
    accessName(line),
    line.count,
    { time: line.firstAt },
    { time: line.lastAt },
    throughText(line),
    line.decision && decisionNames[line.decision],
    line.remark,
  ]
}

function accessName({ reads, writes }: AccessLine): string {
  if (writes === 0) return 'Read'
  return reads === 0 ? 'Write' : 'Read, write'
}

function throughText({ logins, applications, ...line }: AccessLine): string {
  const tools = { ...line.tools, values: line.tools.values.map(toolTitle) }
  const parts = [['Tool', tools] as const, ['Login', logins] as const, ['Application', applications] as const]
  return parts
    .filter(([, { total }]) => total > 0)
    .map(([label, { values, total }]) => {
      const more = total > values.length ? ` and ${total - values.length} more` : ''
      return `${label}: ${values.join(', ')}${more}`
    })
    .join('; ')
}
