import { escapeHtml } from '../mail/html-text.ts'
import { button, dim, mailPage, shorten, style, type MailBody } from '../mail/mail-parts.ts'
import { sayEvents, stepWords, testWords, type AlertNews } from './alert-news.ts'

const foot = 'You get this because your address is a receiver of alerts.'

/** The mail of an alert. All text in it is somebody's who may wish us ill: it is escaped, and nothing is loaded. */
export function renderAlertMail(news: AlertNews): MailBody & { subject: string } {
  const { about, workspace, settingsUrl } = news
  if (about === 'test') {
    const words = testWords(news)
    return {
      subject: 'Test of alerts',
      text: `${words}\n\n--\n${foot} Change it: ${settingsUrl}`,
      html: mailPage('Test of alerts', [`<p style="${style.p}">${escapeHtml(words)}</p>`], {
        text: foot,
        link: 'Change it',
        url: settingsUrl,
      }),
    }
  }
  const { alert, step, url } = about
  const { level, title } = alert.rule
  const facts = [
    ['Level', level],
    ['Rule', shorten(title)],
    ['Events', sayEvents(alert)],
    ...listed('People', alert.people),
    ...listed('Tables', alert.tables),
    ...(alert.late ? [['Note', 'Its events came in more than an hour after they happened']] : []),
  ] as const
  const summary = shorten(alert.summary)
  return {
    subject: `${stepWords[step]} (${level}): ${shorten(alert.summary)}`,
    text: [
      summary,
      `${stepWords[step]} in ${workspace.name}`,
      '',
      ...facts.map(([name, value]) => `${name}: ${value}`),
      '',
      `Open it: ${url}`,
      '',
      '--',
      `${foot} Change it: ${settingsUrl}`,
    ].join('\n'),
    html: mailPage(
      summary,
      [
        dim(`${stepWords[step]} in ${workspace.name}`),
        `<table style="${style.list}">${facts.map(factRow).join('')}</table>`,
        button('Open the alert', url),
      ],
      { text: foot, link: 'Change it', url: settingsUrl },
    ),
  }
}

function factRow([name = '', value = '']: readonly string[]): string {
  return `<tr><td style="${style.cell}">${escapeHtml(name)}</td><td style="${style.cell}">${escapeHtml(value)}</td></tr>`
}

const namedMax = 5

/** The first ones, and how many more the alert names. */
function listed(name: string, values: readonly string[]): string[][] {
  if (values.length === 0) return []
  const more = values.length - namedMax
  const shown = values.slice(0, namedMax).map(shorten).join(', ')
  return [[name, more > 0 ? `${shown} and ${more} more` : shown]]
}
