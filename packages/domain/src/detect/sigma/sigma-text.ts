import type { Segment } from '../../filter/tokenize-filter.ts'

export const anyText: Segment = { text: '*', quoted: false }

/**
 * A text of Sigma as pieces of a term of the search language: its wildcards `*` bare, the rest quoted. As the
 * specification has it (Sigma rules, "Escaping"): a backslash before `*`, `?` or another backslash makes that an ordinary
 * character, and is one itself before anything else. Undefined if a `?` stands for a character, which no search can say.
 */
export function readSigmaText(text: string): Segment[] | undefined {
  const segments: Segment[] = []
  let literal = ''
  const endLiteral = (): void => {
    if (literal !== '') segments.push({ text: literal, quoted: true })
    literal = ''
  }
  for (let i = 0; i < text.length; i++) {
    const unit = text.charAt(i)
    const next = text.charAt(i + 1)
    if (unit === '\\' && (next === '*' || next === '?' || next === '\\')) {
      literal += next
      i++
    } else if (unit === '*') {
      endLiteral()
      segments.push(anyText)
    } else if (unit === '?') return undefined
    else literal += unit
  }
  endLiteral()
  return segments
}

/** The text of Sigma that stands for exactly this text. */
export function escapeSigmaText(text: string): string {
  return text.replaceAll(/[\\*?]/g, String.raw`\$&`)
}
