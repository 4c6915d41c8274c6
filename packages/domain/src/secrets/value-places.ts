import type { Token } from './read-tokens.ts'

const comparing = new Set([
  '=',
  '==',
  ':=',
  '=>',
  '<>',
  '!=',
  '<',
  '>',
  '<=',
  '>=',
  '<=>',
  '~',
  '~*',
  '!~',
  '!~*',
  ':',
  '+=',
])
const comparingWords = new Set(['LIKE', 'ILIKE', 'RLIKE', 'REGEXP', 'IN', 'GLOB', 'MATCHES'])
/** Comments, casts, closing parentheses and the like between a name and its sign. */
const betweenTokensMax = 8
const settingNameTokensMax = 40

/** Where the value of the name at `i` stands; `direct`: right behind it, with no sign between. */
export function valueAt(tokens: readonly Token[], i: number): { at: number; direct: boolean } | undefined {
  const isString = tokens[i]?.kind === 'string'
  let at = skipComments(tokens, i + 1)
  if (tokens[at]?.kind === 'string' && !isString) return { at, direct: true }
  const typed = afterType(tokens, at)
  if (typed !== undefined) return { at: skipComments(tokens, typed + 1), direct: false }
  for (let n = 0; n < betweenTokensMax; n++, at++) {
    const token = tokens[at]
    if (token === undefined) return undefined
    const { kind, upper } = token
    if (kind === 'comment' || upper === ')' || upper === ']' || upper === 'NOT') continue
    if (upper === '::') at++
    else if (comparing.has(upper) || (kind === 'word' && comparingWords.has(upper))) {
      return { at: skipComments(tokens, at + 1), direct: false }
    } else return undefined
  }
  return undefined
}

/** `v_password text := '...'`, `@password nvarchar(50) = '...'`: where the sign is. */
function afterType(tokens: readonly Token[], from: number): number | undefined {
  if (tokens[from]?.kind !== 'word') return undefined
  let at = from + 1
  if (tokens[at]?.kind === 'word') at++
  if (tokens[at]?.upper === '(' && tokens[at + 2]?.upper === ')') at += 3
  const sign = tokens[at]?.upper
  const isVariable = tokens[from - 1]?.kind === 'variable'
  return sign === ':=' || (sign === '=' && isVariable) ? at : undefined
}

/** Reads the name of a setting from `from` on: it and where its value begins. */
export function setValueAt(
  text: string,
  tokens: readonly Token[],
  from: number,
): { name: string; at: number } | undefined {
  const first = tokens[from]
  if (first === undefined) return undefined
  for (let at = from; at < from + settingNameTokensMax; at++) {
    const token = tokens[at]
    if (token === undefined || token.kind === 'string') return undefined
    const isSign = token.upper === '=' || token.upper === ':='
    if (isSign || (token.kind === 'word' && token.upper === 'TO')) {
      const name = text.slice(first.start, token.start).trim()
      return {
        name: name.replace(/^(?:session|local|global|persist)\s+/i, ''),
        at: skipComments(tokens, at + 1),
      }
    }
    if (token.upper === ';' || token.upper === '(' || token.upper === ',') return undefined
  }
  return undefined
}

function skipComments(tokens: readonly Token[], from: number): number {
  let at = from
  while (tokens[at]?.kind === 'comment') at++
  return at
}

export function isStatementEnd({ upper }: Token): boolean {
  return upper === ';'
}
