/** What kind of secret was there. */
export type RedactionKind = 'password' | 'token' | 'key' | 'secret' | 'url_password' | 'connection' | 'bind'

/** A keyed hash of a secret in hex, so that equal secrets can be recognised and none can be guessed. */
export type HashSecret = (secret: string) => string

/** What stands in a text in place of a secret: `«redacted:password:abcd1234»`. */
export const redactionPattern = /«redacted:[a-z_]+:[0-9a-f]{8}»/

const hashDigits = 8
/** White space, quotes and redactions only: no secret is left. */
const removedAlready = new RegExp(`^[\\s'"\\\\]*(?:${redactionPattern.source}[\\s'"\\\\]*)+$`)

export function redactionOf(kind: RedactionKind, secret: string, hashSecret: HashSecret): string {
  return `«redacted:${kind}:${hashSecret(secret).slice(0, hashDigits)}»`
}

/** Whether nothing is left to remove, because it was removed before. */
export function isRedacted(text: string): boolean {
  return text.includes('«redacted:') && removedAlready.test(text)
}

/** What was taken out of a text, as it stood there or as the database reads it. */
export type Removed = { text: string; kind: RedactionKind }

/** A secret in a text: what stands from `start` to `end` goes, and `secret` is what the database makes of it. */
export type Span = { start: number; end: number; kind: RedactionKind; secret: string }

/**
 * Puts a redaction in place of each span; spans that overlap become one, of the kind of the first. What has been
 * removed before is left as it is.
 */
export function replaceSpans(
  text: string,
  spans: readonly Span[],
  hashSecret: HashSecret,
  removed: Removed[],
): string {
  if (spans.length === 0) return text
  const sorted = spans.toSorted((a, b) => a.start - b.start || b.end - a.end)
  let out = ''
  let copied = 0
  for (let i = 0; i < sorted.length;) {
    const first = sorted[i]
    if (first === undefined) break
    let { end, secret } = first
    for (i++; i < sorted.length; i++) {
      const next = sorted[i]
      if (next === undefined || next.start >= end) break
      if (next.end > end) {
        end = next.end
        secret = text.slice(first.start, end)
      }
    }
    const raw = text.slice(first.start, end)
    if (raw === '' || isRedacted(raw)) continue
    removed.push({ text: raw, kind: first.kind }, { text: secret, kind: first.kind })
    out += text.slice(copied, first.start) + redactionOf(first.kind, secret, hashSecret)
    copied = end
  }
  return out + text.slice(copied)
}
