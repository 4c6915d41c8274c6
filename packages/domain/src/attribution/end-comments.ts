import { findDialect, lexicalRules, type LexicalRules } from '../sql/dialects.ts'
import { SqlLexer } from '../sql/sql-lexer.ts'
import { claimLimits } from './tool-claim.ts'

/** What the comments before the first and behind the last token of a text say, in their order. */
export type EndComments = { leading: string[]; trailing: string[] }

/** Of the comments at each end so many are looked at, from the outside. */
const commentsMax = 5
/** The end of a text in which a trailing comment has to begin, as far as anybody looks for one. */
const tailUnits = claimLimits.commentUnitsMax + 16

const none: EndComments = { leading: [], trailing: [] }

/**
 * The comments at both ends of a text of SQL, in time linear in the text. Unlike `normalizeSql`, which tells the same
 * beside everything else, it reads no further than it must: most texts have no comment at all, and many only one in
 * front. Semicolons do not end the comments behind a statement.
 */
export function readEndComments(sql: string, dialect: string | undefined): EndComments {
  const hasOtherSigns = sql.includes('#') || sql.includes('//')
  if (!hasOtherSigns && !sql.includes('--') && !sql.includes('/*')) return none
  const rules = rulesOf(dialect)
  const lexer = new SqlLexer(sql, rules)
  const leading: string[] = []
  let kind = lexer.next()
  for (; kind === 'comment'; kind = lexer.next()) {
    if (leading.length < commentsMax && lexer.closed) leading.push(contentOf(lexer))
  }
  if (kind === 'end' || !mayEndInComment(sql, rules.hashComments || rules.slashComments)) {
    return { leading, trailing: [] }
  }
  const trailing: string[] = []
  for (; kind !== 'end'; kind = lexer.next()) {
    if (kind === 'comment') {
      if (!lexer.closed) continue
      trailing.push(contentOf(lexer))
      // The last ones are the outer ones.
      if (trailing.length > commentsMax) trailing.shift()
    } else if (trailing.length > 0 && sql.charCodeAt(lexer.start) !== 59) trailing.length = 0
  }
  return { leading, trailing }
}

/** The name of a dialect comes from a sender: `constructor` is none, though every object has one. */
function rulesOf(dialect: string | undefined): LexicalRules {
  const known = dialect === undefined ? undefined : findDialect(dialect)
  return known !== undefined && Object.hasOwn(lexicalRules, known)
    ? lexicalRules[known]
    : lexicalRules.postgres
}

function contentOf(lexer: SqlLexer): string {
  return lexer.text.slice(lexer.contentStart, lexer.contentEnd)
}

/** False for nearly all texts without a comment at their end, without reading them. */
function mayEndInComment(sql: string, otherSigns: boolean): boolean {
  const tail = sql.slice(-tailUnits).replace(/[\s;]{1,64}$/, '')
  if (tail.endsWith('*/')) return true
  const lastLine = tail.slice(tail.lastIndexOf('\n') + 1)
  return lastLine.includes('--') || (otherSigns && /#|\/\//.test(lastLine))
}
