import { StreamLanguage } from '@codemirror/language'

const keywords = new Set(
  'permit forbid when unless in has like is if then else principal action resource context'.split(' '),
)
const truths = new Set(['true', 'false'])

/** What can be told apart in Cedar (the lexical grammar of its language reference) without understanding it. */
export const cedar = StreamLanguage.define({
  name: 'cedar',
  token: (stream) => {
    if (stream.eatSpace()) return null
    if (stream.match('//')) {
      stream.skipToEnd()
      return 'comment'
    }
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return 'string'
    if (stream.match(/^-?\d+/)) return 'number'
    if (stream.match(/^@[A-Za-z_]\w*/)) return 'meta'
    const word = stream.match(/^[A-Za-z_]\w*/)
    if (word === null || word === true || word === false) {
      stream.next()
      return null
    }
    if (truths.has(word[0])) return 'bool'
    return keywords.has(word[0]) ? 'keyword' : null
  },
  languageData: { commentTokens: { line: '//' }, closeBrackets: { brackets: ['(', '[', '{', '"'] } },
})
