/** A piece of SQL for colouring. The pieces joined are the text, unchanged. */
export type SqlToken = { kind: 'keyword' | 'string' | 'number' | 'comment' | 'plain'; text: string }

const keywords = new Set(
  `add all alter analyze and any array as asc between by call case cast check cluster column comment commit
  constraint copy create cross cube current database declare default delete desc describe distinct do drop else end
  escape except exec execute exists explain export extension external fetch filter following for foreign from full
  function grant group grouping having if ilike import in index inner insert intersect interval into is join key
  language lateral left like limit load lock materialized merge minus natural not null nulls offset on only or order
  outer over owner partition policy preceding prepare primary privileges procedure qualify range recursive references
  refresh rename replace returning returns revoke right role rollback rollup row rows savepoint schema select sequence
  session set sets show similar start table tables tablesample temp temporary then to top transaction trigger truncate
  unbounded union unique unload unlogged update use user using vacuum values view volatile when where window with within
  without work begin true false`.split(/\s+/),
)

/**
 * One token at a time: redaction, comment, string (also unfinished, also `$tag$...$tag$`), quoted name, word, number, anything.
 * Each alternative is linear and takes at least one character.
 */
const token =
  /«redacted:[a-z_]+:[0-9a-f]{8}»|(--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|('(?:[^']|'')*(?:'|$)|\$(\w*)\$[\s\S]*?(?:\$\3\$|$))|("(?:[^"]|"")*(?:"|$)|`[^`]*(?:`|$))|([\p{L}_][\p{L}\p{N}_$]*)|(\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?)|[\s\S]/gu

/** Splits SQL of any dialect into pieces for colouring; never fails, knows no grammar. */
export function splitSql(sql: string): SqlToken[] {
  const tokens: SqlToken[] = []
  for (const match of sql.matchAll(token)) {
    const kind = kindOf(match)
    const last = tokens.at(-1)
    if (last !== undefined && last.kind === 'plain' && kind === 'plain') last.text += match[0]
    else tokens.push({ kind, text: match[0] })
  }
  return tokens
}

function kindOf(match: RegExpExecArray): SqlToken['kind'] {
  if (match[1] !== undefined) return 'comment'
  if (match[2] !== undefined) return 'string'
  if (match[5] !== undefined) return keywords.has(match[5].toLowerCase()) ? 'keyword' : 'plain'
  if (match[6] !== undefined) return 'number'
  return 'plain'
}
