import type { SqlToken } from '../events/sql-tokens.ts'

/** A piece of SQL, and whether the other text has another one there. */
export type DiffToken = SqlToken & { differs: boolean }

/** Beyond this the table of all pairs would be too large: what lies between the equal ends differs as a whole. */
const pairsMax = 1_000_000

/** Two texts piece by piece; white space and the case of keywords make no difference. */
export function diffTokens(
  a: readonly SqlToken[],
  b: readonly SqlToken[],
): { a: DiffToken[]; b: DiffToken[] } {
  let head = 0
  while (head < a.length && head < b.length && isSame(a[head], b[head])) head++
  let tail = 0
  while (
    tail < a.length - head &&
    tail < b.length - head &&
    isSame(a[a.length - 1 - tail], b[b.length - 1 - tail])
  )
    tail++
  const common = commonTokens(a.slice(head, a.length - tail), b.slice(head, b.length - tail))
  const mark = (tokens: readonly SqlToken[], kept: ReadonlySet<number>): DiffToken[] =>
    tokens.map((token, index) => ({
      ...token,
      differs: index >= head && index < tokens.length - tail && !kept.has(index - head) && !isSpace(token),
    }))
  return { a: mark(a, common.a), b: mark(b, common.b) }
}

function isSame(a: SqlToken | undefined, b: SqlToken | undefined): boolean {
  return a !== undefined && b !== undefined && a.kind === b.kind && keyOf(a) === keyOf(b)
}

function isSpace({ kind, text }: SqlToken): boolean {
  return kind === 'plain' && text.trim() === ''
}

function keyOf({ kind, text }: SqlToken): string {
  if (kind === 'keyword') return text.toLowerCase()
  return kind === 'plain' ? text.replaceAll(/\s+/g, ' ').trim() : text
}

/** The places of a longest common subsequence in both, by the classic table of lengths. */
function commonTokens(
  a: readonly SqlToken[],
  b: readonly SqlToken[],
): { a: ReadonlySet<number>; b: ReadonlySet<number> } {
  const kept = { a: new Set<number>(), b: new Set<number>() }
  if (a.length * b.length > pairsMax) return kept
  const width = b.length + 1
  const lengths = new Uint16Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i * width + j] = isSame(a[i], b[j])
        ? 1 + (lengths[(i + 1) * width + j + 1] ?? 0)
        : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0)
    }
  }
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (isSame(a[i], b[j])) {
      kept.a.add(i++)
      kept.b.add(j++)
    } else if ((lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0)) i++
    else j++
  }
  return kept
}
