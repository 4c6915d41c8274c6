import { escapeHtml } from './html-text.ts'

/** What mails of this product are made of. Texts are anybody's: they are escaped here, and nothing is loaded. */
export type MailBody = { text: string; html: string }

const textCharactersMax = 160

const font = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
export const style = {
  body: `margin:0;padding:24px;background:#f5f6f8;color:#1a1f27;${font};font-size:14px;line-height:1.5`,
  card: 'max-width:640px;margin:0 auto;padding:28px;background:#ffffff;border:1px solid #e5e8ed;border-radius:8px',
  h1: 'margin:0 0 4px;font-size:20px;font-weight:600',
  h2: 'margin:24px 0 6px;font-size:14px;font-weight:600',
  dim: 'margin:0 0 2px;color:#5f6978',
  p: 'margin:16px 0',
  numbers: 'margin:20px 0 4px;border-collapse:collapse',
  number:
    'padding:12px 8px 12px 0;border-top:1px solid #e5e8ed;border-bottom:1px solid #e5e8ed;vertical-align:top',
  big: 'font-size:22px;font-weight:600',
  list: 'width:100%;border-collapse:collapse',
  cell: 'padding:5px 8px 5px 0;border-bottom:1px solid #eef0f3;word-break:break-word;vertical-align:top',
  right:
    'padding:5px 0;border-bottom:1px solid #eef0f3;text-align:right;vertical-align:top;white-space:nowrap',
  link: 'color:#3949bd;text-decoration:none',
  button:
    'display:inline-block;margin:24px 0 0;padding:9px 16px;background:#4558d8;color:#ffffff;border-radius:6px;font-weight:600;text-decoration:none',
  foot: 'margin:24px 0 0;padding-top:12px;border-top:1px solid #e5e8ed;color:#5f6978;font-size:12px',
} as const

/** A whole mail: `parts` are HTML, the other texts are not. */
export function mailPage(
  title: string,
  parts: readonly string[],
  foot: { text: string; link: string; url: string },
): string {
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title></head>`,
    `<body style="${style.body}"><div style="${style.card}">`,
    `<h1 style="${style.h1}">${escapeHtml(title)}</h1>`,
    ...parts,
    `<p style="${style.foot}">${escapeHtml(foot.text)} <a style="color:#3949bd" href="${escapeHtml(foot.url)}">${escapeHtml(foot.link)}</a></p>`,
    '</div></body></html>',
  ].join('\n')
}

/** A line that says less than the others. */
export function dim(text: string): string {
  return `<p style="${style.dim}">${escapeHtml(text)}</p>`
}

export function link(text: string, url: string): string {
  return `<a style="${style.link}" href="${escapeHtml(url)}">${escapeHtml(text)}</a>`
}

export function button(text: string, url: string): string {
  return `<a style="${style.button}" href="${escapeHtml(url)}">${escapeHtml(text)}</a>`
}

/** One line of a mail, with a visible sign where it is cut. */
export function shorten(text: string): string {
  const line = text
    .toWellFormed()
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
  const characters = Array.from(line)
  return characters.length <= textCharactersMax
    ? line
    : `${characters.slice(0, textCharactersMax - 1).join('')}…`
}
