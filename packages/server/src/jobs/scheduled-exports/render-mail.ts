import type { Counted, Digest } from '../../search/digest/collect-digest.ts'
import { escapeHtml } from '../mail/html-text.ts'
import { button, dim, link, mailPage, shorten, style, type MailBody } from '../mail/mail-parts.ts'

/** What every mail of a schedule says: in words for its text, escaped for its HTML. */
export type MailHead = {
  title: string
  workspaceName: string
  /** `28 November 2026, Europe/Berlin`. */
  period: string
  /** The search in the language of the page; empty for every event. */
  q: string
  /** What of the log it may hold; undefined: all of it. */
  visibility: string | undefined
  runsAs: string
  /** Where the same is on the page, and where schedules are changed. */
  logUrl: string
  settingsUrl: string
  /** The page with a further term of the search. */
  logUrlOf: (term: { qualifier: string; value: string } | { search: string }) => string
}

const count = (value: number): string => value.toLocaleString('en-US')

/** The days of a period in words. */
export function sayPeriod(firstDay: string, lastDay: string, zone: string): string {
  const say = (day: string): string =>
    new Intl.DateTimeFormat('en-GB', {
      timeZone: 'UTC',
      day: 'numeric',
      month: 'long',
      year: 'numeric',
    }).format(Date.parse(`${day}T00:00:00Z`))
  return `${firstDay === lastDay ? say(firstDay) : `${say(firstDay)} to ${say(lastDay)}`}, ${zone}`
}

/** The mail around a file, or around the link to one that is too large. */
export function renderExportMail(
  head: MailHead,
  file: { rows: number; name: string } | { tooLarge: string },
): MailBody {
  const what =
    'tooLarge' in file
      ? `The file is larger than ${file.tooLarge}, which is the most that is sent by e-mail. Nothing was cut: download it from the page of the Audit Log, which shows the same events.`
      : `${count(file.rows)} ${file.rows === 1 ? 'event is' : 'events are'} in the attached file ${file.name}.`
  return {
    text: [...textHead(head), what, '', `On the page: ${head.logUrl}`, ...textFoot(head)].join('\n'),
    html: page(head, [
      `<p style="${style.p}">${escapeHtml(what)}</p>`,
      button('Open the Audit Log', head.logUrl),
    ]),
  }
}

/** The mail of a digest. All text in it is somebody's who may wish us ill: it is escaped, and nothing is loaded. */
export function renderDigestMail(head: MailHead, digest: Digest): MailBody {
  const people = `${count(digest.people.count)}${digest.people.isMore ? ' or more' : ''}`
  const numbers: [string, string, string][] = [
    ['Events', count(digest.events), head.logUrl],
    ['People and programs', people, head.logUrl],
    ['Failures', count(digest.failures), head.logUrlOf({ qualifier: 'outcome', value: 'failure' })],
    ['Denied', count(digest.denied), head.logUrlOf({ qualifier: 'outcome', value: 'denied' })],
  ]
  const failing = digest.topFailures.map((one) => ({
    value: shorten(one.text),
    count: one.count,
    note: shorten(one.error),
    url: head.logUrlOf({ search: `fingerprint:${one.fingerprint} outcome:failure` }),
  }))
  const linked = (list: readonly Counted[], qualifier: string): Row[] =>
    list.map((one) => ({
      value: shorten(one.value),
      count: one.count,
      url: head.logUrlOf({ qualifier, value: one.value }),
    }))
  const lists: [string, Row[]][] = [
    ['Most active', linked(digest.topPeople, 'actor')],
    ['Most used tables', linked(digest.topTables, 'table')],
    [
      digest.failuresLookedAt === undefined
        ? 'Failing queries'
        : `Failing queries, of the newest ${count(digest.failuresLookedAt)} failures`,
      failing,
    ],
  ]
  return {
    text: [
      ...textHead(head),
      ...numbers.map(([label, number]) => `${label}: ${number}`),
      ...lists.flatMap(([title, rows]) => ['', title, ...textRows(rows)]),
      '',
      `On the page: ${head.logUrl}`,
      ...textFoot(head),
    ].join('\n'),
    html: page(head, [
      `<table role="presentation" width="100%" style="${style.numbers}"><tr>${numbers.map(numberCell).join('')}</tr></table>`,
      ...lists.map(([title, rows]) => listSection(title, rows)),
      button('Open the Audit Log', head.logUrl),
    ]),
  }
}

type Row = { value: string; count: number; url: string; note?: string }

function textHead({ title, workspaceName, period, q, visibility }: MailHead): string[] {
  return [
    title,
    `${workspaceName}, ${period}`,
    `Search: ${q === '' ? 'every event' : q}`,
    ...(visibility === undefined ? [] : [`This is a part of the log only: ${visibility}.`]),
    '',
  ]
}

function textFoot({ runsAs, settingsUrl }: MailHead): string[] {
  return ['', '--', `Sent by a schedule with the rights of ${runsAs}. Change it: ${settingsUrl}`]
}

function textRows(rows: readonly Row[]): string[] {
  if (rows.length === 0) return ['  none']
  return rows.map(({ value, count: of, note }) => {
    const more = note === undefined || note === '' ? '' : ` (${note})`
    return `  ${count(of).padStart(9)}  ${value}${more}`
  })
}

function page(head: MailHead, parts: readonly string[]): string {
  const { title, workspaceName, period, q, visibility, runsAs, settingsUrl } = head
  return mailPage(
    title,
    [
      dim(`${workspaceName}, ${period}`),
      dim(`Search: ${q === '' ? 'every event' : q}`),
      ...(visibility === undefined ? [] : [dim(`This is a part of the log only: ${visibility}.`)]),
      ...parts,
    ],
    { text: `Sent by a schedule with the rights of ${runsAs}.`, link: 'Change it', url: settingsUrl },
  )
}

function numberCell([label, number, url]: [string, string, string]): string {
  return (
    `<td style="${style.number}"><div style="${style.dim}">${escapeHtml(label)}</div>` +
    `<a style="${style.link};${style.big}" href="${escapeHtml(url)}">${escapeHtml(number)}</a></td>`
  )
}

function listSection(title: string, rows: readonly Row[]): string {
  const heading = `<h2 style="${style.h2}">${escapeHtml(title)}</h2>`
  if (rows.length === 0) return `${heading}${dim('None.')}`
  const lines = rows.map(({ value, count: of, url, note = '' }) => {
    const more = note === '' ? '' : `<div style="${style.dim}">${escapeHtml(note)}</div>`
    return `<tr><td style="${style.cell}">${link(value, url)}${more}</td><td style="${style.right}">${count(of)}</td></tr>`
  })
  return `${heading}<table style="${style.list}">${lines.join('')}</table>`
}
