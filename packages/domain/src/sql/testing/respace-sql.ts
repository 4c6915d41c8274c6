import { lexicalRules, type SqlDialect } from '../dialects.ts'
import { SqlLexer } from '../sql-lexer.ts'

/** The same tokens with other white space where there was some, and a comment behind some of them. */
export function respaceSql(sql: string, dialect: SqlDialect, blanks: readonly string[]): string {
  const lexer = new SqlLexer(sql, lexicalRules[dialect])
  let out = ''
  let end = 0
  for (let i = 0; lexer.next() !== 'end'; i++) {
    // What MySQL runs of a comment stands in the text between the tokens.
    const between = sql.slice(end, lexer.start)
    out += /^\s+$/.test(between) && !out.endsWith('-') ? (blanks[i % blanks.length] ?? ' ') : between
    out += sql.slice(lexer.start, lexer.end)
    if (lexer.kind === 'comment' && !out.endsWith('*/')) out += '\n'
    end = lexer.end
  }
  return out + sql.slice(end)
}
