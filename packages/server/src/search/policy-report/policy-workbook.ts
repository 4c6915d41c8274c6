import type { PolicyActivity, PolicyException, PolicyVersion } from '@aleph-audit-log/domain/api/policies'
import { encodeReport, type ReportCell, type ReportSheet } from '../export/encode-report.ts'

export type PolicyReport = {
  /** Such as `2026-11`. */
  month: string
  activity: PolicyActivity
  /** Those that held at some time of the month. */
  exceptions: readonly PolicyException[]
  /** Those in force at some time of the month, by policy. */
  versions: readonly PolicyVersion[]
  workspaceName: string
  madeBy: string
  madeAt: string
}

/** How policies were kept in a month, as a workbook that an auditor can take away and read without the product. */
export function encodePolicyReport(report: PolicyReport): Buffer {
  const { month, activity, workspaceName, madeBy, madeAt } = report
  const isCut = activity.policies.some(({ people, peopleTotal }) => peopleTotal > people.length)
  return encodeReport({
    ...policiesSheet(activity),
    further: [daysSheet(activity), peopleSheet(activity), exceptionsSheet(report), versionsSheet(report)],
    aboutName: 'About this report',
    about: [
      ['Workspace', workspaceName],
      ['Month (UTC)', month],
      ['From (UTC, included)', activity.from],
      ['To (UTC, not included)', activity.to],
      [
        'Judged',
        'Every query event of the log, once, when it came in, by the policies that there were then.',
      ],
      [
        'Kept',
        'Judged queries of the day that are neither violations nor excepted. Of a day on which a policy was switched on or off all judged queries are counted; of a day on which it was off, none.',
      ],
      ['Excepted', 'Forbidden by the policy, while an exception for the person or a group of theirs held.'],
      ...(isCut
        ? [['People', 'Of a policy that more people violated the most frequent are named.'] as const]
        : []),
      ['Downloaded by', madeBy],
      ['Downloaded at (UTC)', madeAt],
    ],
    madeAt,
  })
}

function policiesSheet({ policies }: PolicyActivity): ReportSheet {
  return {
    sheetName: 'Policies',
    columns: [
      { title: 'Policy', width: 40 },
      { title: 'Judged', width: 12 },
      { title: 'Kept', width: 12 },
      { title: 'Violated', width: 12 },
      { title: 'Excepted', width: 12 },
      { title: 'People', width: 12 },
    ],
    rows: policies.map((policy) => [policy.name, ...numbersOf(policy), policy.peopleTotal]),
  }
}

type Numbers = { judged: number; violations: number; excepted: number }

function numbersOf({ judged, violations, excepted }: Numbers): ReportCell[] {
  return [judged, judged - violations - excepted, violations, excepted]
}

function daysSheet({ policies }: PolicyActivity): ReportSheet {
  return {
    sheetName: 'Days',
    columns: [
      { title: 'Policy', width: 40 },
      { title: 'Day (UTC)', width: 14 },
      { title: 'Judged', width: 12 },
      { title: 'Kept', width: 12 },
      { title: 'Violated', width: 12 },
      { title: 'Excepted', width: 12 },
    ],
    rows: policies.flatMap(({ name, byDay }) => byDay.map((day) => [name, day.day, ...numbersOf(day)])),
  }
}

function peopleSheet({ policies }: PolicyActivity): ReportSheet {
  return {
    sheetName: 'People',
    columns: [
      { title: 'Policy', width: 40 },
      { title: 'Person', width: 36 },
      { title: 'Violations', width: 12 },
    ],
    rows: policies.flatMap(({ name, people }) => people.map((person) => [name, person.name, person.count])),
  }
}

const stateNames: Record<PolicyException['state'], string> = {
  active: 'Active',
  over: 'Over',
  revoked: 'Revoked',
}

function exceptionsSheet({ exceptions }: PolicyReport): ReportSheet {
  return {
    sheetName: 'Exceptions',
    columns: [
      { title: 'Policy', width: 40 },
      { title: 'For', width: 10 },
      { title: 'Name', width: 36 },
      { title: 'From (UTC)', width: 24 },
      { title: 'Until (UTC)', width: 24 },
      { title: 'State', width: 10 },
      { title: 'Reason', width: 48 },
      { title: 'Approver', width: 28 },
      { title: 'Granted by', width: 32 },
    ],
    rows: exceptions.map(({ policy, subject, from, until, state, reason, approver, grantedBy }) => [
      policy?.name ?? 'Every policy',
      subject.kind === 'person' ? 'Person' : 'Group',
      subject.name,
      { time: from },
      { time: until },
      stateNames[state],
      reason,
      approver,
      personText(grantedBy),
    ]),
  }
}

const changeNames: Record<PolicyVersion['change'], string> = {
  created: 'Created',
  changed: 'Changed',
  deleted: 'Deleted',
}

function versionsSheet({ versions }: PolicyReport): ReportSheet {
  return {
    sheetName: 'Versions',
    columns: [
      { title: 'Policy', width: 40 },
      { title: 'Version', width: 10 },
      { title: 'Change', width: 12 },
      { title: 'At (UTC)', width: 24 },
      { title: 'By', width: 32 },
      { title: 'On', width: 8 },
      { title: 'Note', width: 40 },
      { title: 'Text', width: 80 },
    ],
    rows: versions.map(({ name, version, change, at, by, enabled, note, text }) => [
      name,
      version,
      changeNames[change],
      { time: at },
      personText(by),
      enabled ? 'Yes' : 'No',
      note,
      text,
    ]),
  }
}

function personText({ name, email }: { name: string; email?: string | undefined }): string {
  return email === undefined || email === name ? name : `${name} <${email}>`
}
