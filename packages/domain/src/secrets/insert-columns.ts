import type { RedactionKind } from './redaction.ts'
import type { Token } from './read-tokens.ts'
import { secretKindOfName } from './secret-names.ts'

/** Words and parts of a name between INSERT and its columns, and columns that are looked at. */
const nameTokensMax = 12
const nameSigns = new Set(['.', '[', ']'])
const columnTokensMax = 4000

/** The columns of an INSERT whose values are secrets, by their place; undefined where there are none. */
export function readInsertColumns(
  tokens: readonly Token[],
  from: number,
  contentOf: (token: Token) => string,
): ReadonlyMap<number, RedactionKind> | undefined {
  const open = columnsStart(tokens, from)
  if (open === undefined) return undefined
  const columns = new Map<number, RedactionKind>()
  let column = 0
  for (let at = open + 1; at < Math.min(tokens.length, open + columnTokensMax); at++) {
    const token = tokens[at]
    if (token === undefined) break
    if (token.upper === ',') column++
    else if (token.kind === 'word' || token.kind === 'name' || token.kind === 'string') {
      const kind = secretKindOfName(contentOf(token))
      if (kind !== undefined) columns.set(column, kind)
    } else if (token.kind !== 'comment' && !nameSigns.has(token.upper)) break
  }
  return columns.size === 0 ? undefined : columns
}

function columnsStart(tokens: readonly Token[], from: number): number | undefined {
  for (let at = from; at < from + nameTokensMax; at++) {
    const token = tokens[at]
    if (token === undefined) return undefined
    if (token.upper === '(') return at
    const isName = token.kind === 'word' || token.kind === 'name' || token.kind === 'string'
    if (!isName && token.kind !== 'comment' && !nameSigns.has(token.upper)) return undefined
    if (token.upper === 'VALUES' || token.upper === 'SELECT' || token.upper === 'SET') return undefined
  }
  return undefined
}
