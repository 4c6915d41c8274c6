import { shorten } from '../mail/mail-parts.ts'
import { sayEvents, stepWords, testWords, type AlertNews } from './alert-news.ts'

/** Slack refuses longer texts of a header, and of a section. */
const headerUnitsMax = 150

/**
 * The message for a Slack-compatible webhook. What comes from events stands in `plain_text` where the receiver knows blocks;
 * `text` is for notifications and for receivers without blocks.
 */
export function renderSlackMessage(news: AlertNews): object {
  const { about, workspace } = news
  if (about === 'test') return { text: plainText(testWords(news)) }
  const { alert, step, url } = about
  const { level, title } = alert.rule
  const summary = shorten(alert.summary)
  const head = `${stepWords[step]} (${level})`
  const context = `${shorten(title)} · ${sayEvents(alert)} · ${shorten(workspace.name)}`
  return {
    text: `${head}: ${plainText(summary)} <${url}|Open the alert>`,
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: head.slice(0, headerUnitsMax), emoji: false } },
      { type: 'section', text: { type: 'plain_text', text: summary, emoji: false } },
      { type: 'context', elements: [{ type: 'plain_text', text: context, emoji: false }] },
      { type: 'section', text: { type: 'mrkdwn', text: `<${url}|Open the alert>` } },
    ],
  }
}

/**
 * Text of which nothing becomes a link, a mention or a command: Slack's three signs are escaped (its documentation wants
 * exactly these), and where a receiver makes more of a text, such as `@all`, an address or `[text](address)`, an
 * invisible word joiner stands in between.
 */
function plainText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/(?<![\w.+-])@(?=\w)/g, '@\u2060')
    .replaceAll('://', ':\u2060//')
    .replaceAll('](', ']\u2060(')
}
