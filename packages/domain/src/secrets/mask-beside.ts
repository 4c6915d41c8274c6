import {
  redactionOf,
  redactionPattern,
  type HashSecret,
  type RedactionKind,
  type Removed,
} from './redaction.ts'

/** With more secrets than this the text beside is masked as a whole. */
const secretsBesideMax = 100
const words = /[\p{L}\p{M}\p{N}_]+/gu
const redactions = new RegExp(`(${redactionPattern.source})`)

/** Masks in a text about a statement, such as its error message, every word of what was removed from the statement. */
export function maskWords(text: string, removed: readonly Removed[], hashSecret: HashSecret): string {
  const first = removed[0]
  if (first === undefined) return text
  const kinds = new Map<string, RedactionKind>()
  const secrets = new Map<string, RedactionKind>()
  for (const { text: raw, kind } of removed) {
    if (raw !== '') secrets.set(raw, kind)
    for (const word of raw.match(words) ?? []) kinds.set(word.toLowerCase(), kind)
  }
  if (secrets.size > secretsBesideMax) return redactionOf(first.kind, text, hashSecret)
  // Whole secrets first, the longest before its pieces: one of signs alone has no words.
  let masked = text
  for (const [secret, kind] of [...secrets].sort(([a], [b]) => b.length - a.length)) {
    masked = outsideRedactions(masked, (part) =>
      part.replaceAll(secret, () => redactionOf(kind, secret, hashSecret)),
    )
  }
  return outsideRedactions(masked, (part) =>
    part.replaceAll(words, (word) => {
      const kind = kinds.get(word.toLowerCase())
      return kind === undefined ? word : redactionOf(kind, word, hashSecret)
    }),
  )
}

/** Redactions stay as they are, though a secret may be as short as a word of theirs. */
function outsideRedactions(text: string, change: (part: string) => string): string {
  return text
    .split(redactions)
    .map((part, i) => (i % 2 === 1 ? part : change(part)))
    .join('')
}
