import { isRedacted } from './redaction.ts'
import type { Token } from './read-tokens.ts'
import { betweenWords, optionWords, passwordWords, plainBefore, prefixWords } from './statement-words.ts'

/** Tokens looked at between the keyword and its password, and behind it: past that the whole rest is masked. */
const betweenTokensMax = 10
const tailTokensMax = 200

/** Where the password behind the keyword at `from - 1` has to be. */
export function skipBetween(tokens: readonly Token[], from: number): number {
  for (let at = from; ; at++) {
    const token = tokens[at]
    if (token === undefined || at - from >= betweenTokensMax) return at
    const { kind, upper } = token
    if (kind === 'comment' || upper === '=' || upper === ':' || upper === ':=') continue
    if (kind === 'word' && betweenWords.has(upper)) continue
    // USING PASSWORD('...')
    if (upper === '(' && tokens[at - 1]?.upper === 'PASSWORD') continue
    // IDENTIFIED WITH plugin BY '...': the plugin is no password.
    const next = tokens[at + 1]
    const isPlugin = tokens[at - 1]?.upper === 'WITH' || tokens[at - 1]?.upper === 'VIA'
    const isName = kind === 'word' || kind === 'name' || kind === 'string'
    if (isPlugin && isName && next?.kind === 'word' && prefixWords.has(next.upper)) continue
    return at
  }
}

/** Whether nothing but the options of a role statement follows, up to its end. */
export function tailIsClean(
  text: string,
  tokens: readonly Token[],
  from: number,
  parentheses: number,
): boolean {
  let previous = ''
  let settingSeen = false
  for (let at = from; ; at++) {
    const token = tokens[at]
    if (token === undefined) return true
    if (!token.closed || at - from >= tailTokensMax) return false
    const { kind, upper } = token
    if (upper === ';') return true
    if (kind === 'comment') continue
    if (previous === '') {
      const closes = upper === ')' && (parentheses > 0 || tokens[from - 2]?.upper === '(')
      if (closes || (parentheses > 0 && upper === ',')) return true
      if (upper === ',') {
        // The next of several users, or of the options of a login.
      } else if (kind !== 'word' || !optionWords.has(upper)) return false
    } else if (kind === 'string') {
      const known = plainBefore.has(previous) || passwordWords.has(previous) || prefixWords.has(previous)
      if (!known && !settingSeen && !isHost(tokens, at) && !isRedacted(text.slice(token.start, token.end)))
        return false
    } else if (kind === 'sign' && !/^[,=.@()%-]+$/.test(upper)) return false
    settingSeen ||= upper === 'SET'
    if (kind !== 'sign' || previous === '') previous = upper === '' ? "'" : upper
  }
}

/** `'ann'@'10.0.0.%'`, and the name of the next of several users. */
function isHost(tokens: readonly Token[], at: number): boolean {
  const before = tokens[at - 1]
  const next = tokens[at + 1]
  return (
    before?.upper === '@' || next?.upper === '@' || (before?.upper === ',' && next?.upper === 'IDENTIFIED')
  )
}

/** Whether a role statement goes on after its keyword without a password. */
export function isNoPassword({ kind, upper }: Token, parentheses: number): boolean {
  if (kind === 'word') return upper === 'NULL' || noPasswordWords.has(upper) || optionWords.has(upper)
  return upper === ';' || (parentheses > 0 && (upper === ')' || upper === ','))
}

const noPasswordWords = new Set(['EXTERNALLY', 'GLOBALLY', 'NO_PASSWORD', 'NOT'])
