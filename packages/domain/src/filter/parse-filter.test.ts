import { describe, expect, test } from 'vitest'
import { AuditError, type Problem } from '../error.ts'
import { filterLimits, type Filter } from './filter.ts'
import { parseFilter } from './parse-filter.ts'

/** The faults of a search, each with the piece of text that it underlines. */
function faultsOf(text: string): (Problem & { piece: string })[] {
  try {
    parseFilter(text)
  } catch (error) {
    if (!(error instanceof AuditError)) throw error
    expect(error.code).toBe('invalid')
    return error.problems.map((problem) => ({ ...problem, piece: text.slice(problem.start, problem.end) }))
  }
  return []
}

function nest(depth: number): string {
  return `${'-('.repeat(depth)}x${')'.repeat(depth)}`
}

function word(text: string): Filter {
  return { kind: 'text', pattern: { parts: [text] } }
}

function field(name: Extract<Filter, { kind: 'field' }>['field'], ...parts: [string, ...string[]]): Filter {
  return { kind: 'field', field: name, pattern: { parts } }
}

describe('the structure', () => {
  test('an empty search matches everything and is the only text without terms', () => {
    expect(parseFilter('')).toEqual({ kind: 'and', terms: [] })
    expect(parseFilter(' \n\t\u3000')).toEqual({ kind: 'and', terms: [] })
    expect(faultsOf('()')).toMatchObject([{ piece: '()' }])
  })

  test('terms are ANDed and OR binds weaker', () => {
    expect(parseFilter('a b OR c -d')).toEqual({
      kind: 'or',
      terms: [
        { kind: 'and', terms: [word('a'), word('b')] },
        { kind: 'and', terms: [word('c'), { kind: 'not', term: word('d') }] },
      ],
    })
  })

  test('parentheses group, a minus negates a term or a group, and groups of the same kind are one', () => {
    expect(parseFilter('(a OR b) -(c d) ((e f))')).toEqual({
      kind: 'and',
      terms: [
        { kind: 'or', terms: [word('a'), word('b')] },
        { kind: 'not', term: { kind: 'and', terms: [word('c'), word('d')] } },
        word('e'),
        word('f'),
      ],
    })
    expect(parseFilter('a OR (b OR c)')).toEqual(parseFilter('a OR b OR c'))
    expect(parseFilter('-(-a)')).toEqual({ kind: 'not', term: { kind: 'not', term: word('a') } })
  })

  test('only upper-case OR is the operator, and neither in quotes nor as a value', () => {
    expect(parseFilter('a or b')).toEqual({ kind: 'and', terms: [word('a'), word('or'), word('b')] })
    expect(parseFilter('a "OR" b')).toEqual({ kind: 'and', terms: [word('a'), word('or'), word('b')] })
    expect(parseFilter('type:OR')).toEqual(field('type', 'or'))
    expect(parseFilter('ORDER')).toEqual(word('order'))
  })

  test('a minus inside a word is part of it', () => {
    expect(parseFilter('foo-bar')).toEqual(word('foo-bar'))
    expect(parseFilter('-"a b"')).toEqual({ kind: 'not', term: word('a b') })
  })
})

describe('values', () => {
  test('the example of the contract is read', () => {
    const text =
      'actor:ann@acme.com type:query -type:login table:sales.* outcome:failure database:prod application:metabase ' +
      'ip:10.0.0.0/8 kind:write duration:>1000 rows:>10000 fingerprint:9f3a... after:2026-11-01 before:2026-11-30 ' +
      'created:2026-11-01..2026-11-30 data.region:emea "drop table"'
    expect(parseFilter(text)).toEqual({
      kind: 'and',
      terms: [
        field('actor', 'ann@acme.com'),
        field('type', 'query'),
        { kind: 'not', term: field('type', 'login') },
        field('table', 'sales.', ''),
        field('outcome', 'failure'),
        field('database', 'prod'),
        field('application', 'metabase'),
        {
          kind: 'network',
          text: '10.0.0.0/8',
          first: '00000000000000000000ffff0a000000',
          last: '00000000000000000000ffff0affffff',
        },
        field('kind', 'write'),
        { kind: 'number', field: 'duration', range: { min: 1000, minOpen: true } },
        { kind: 'number', field: 'rows', range: { min: 10_000, minOpen: true } },
        field('fingerprint', '9f3a...'),
        { kind: 'time', range: { from: '2026-11-01T00:00:00.000000Z' } },
        { kind: 'time', range: { before: '2026-11-30T00:00:00.000000Z' } },
        {
          kind: 'time',
          range: { from: '2026-11-01T00:00:00.000000Z', before: '2026-12-01T00:00:00.000000Z' },
        },
        { kind: 'data', path: 'region', pattern: { parts: ['emea'] } },
        word('drop table'),
      ],
    })
  })

  test('values, qualifiers and paths do not depend on case', () => {
    expect(parseFilter('Type:QUERY Data.Region:EMEA is:NOISE ÄÖ')).toEqual(
      parseFilter('type:query data.region:emea is:noise äö'),
    )
  })

  test('a star is a wildcard, quotes switch it off, and both can stand in one value', () => {
    expect(parseFilter('name:a*b**c')).toEqual(field('name', 'a', 'b', 'c'))
    expect(parseFilter('name:"a*b"')).toEqual(field('name', 'a*b'))
    expect(parseFilter('name:"ann "*')).toEqual(field('name', 'ann ', ''))
    expect(parseFilter('name:"a*"*"b c"')).toEqual(field('name', 'a*', 'b c'))
    expect(parseFilter('*a*b*')).toEqual({ kind: 'text', pattern: { parts: ['a', 'b'] } })
    expect(parseFilter('"a*b"')).toEqual(word('a*b'))
  })

  test('inside quotes a backslash escapes quotes and backslashes only; outside it is an ordinary character', () => {
    expect(parseFilter(String.raw`"say \"hi\" \\ c:\temp"`)).toEqual(word(String.raw`say "hi" \ c:\temp`))
    expect(parseFilter(String.raw`a\b`)).toEqual(word(String.raw`a\b`))
  })

  test('percent and underscore are ordinary characters', () => {
    expect(parseFilter('name:50%_x')).toEqual(field('name', '50%_x'))
  })

  test('what cannot be a qualifier is a bare word', () => {
    for (const text of ['12:30', '10.0.0.1:5432', '::1', '2001:db8::1', ':x', '{a:b']) {
      expect(parseFilter(text)).toEqual(word(text))
    }
  })

  test('a value may hold colons', () => {
    expect(parseFilter('target:a:b')).toEqual(field('target', 'a:b'))
    expect(parseFilter('ip:FE80::1')).toEqual({
      kind: 'network',
      text: 'fe80::1',
      first: 'fe800000000000000000000000000001',
      last: 'fe800000000000000000000000000001',
    })
  })

  test('a path of data may be quoted', () => {
    expect(parseFilter('data."Two words":x data."a*\\"":y data.user-agent:z')).toEqual({
      kind: 'and',
      terms: [
        { kind: 'data', path: 'two words', pattern: { parts: ['x'] } },
        { kind: 'data', path: 'a*"', pattern: { parts: ['y'] } },
        { kind: 'data', path: 'user-agent', pattern: { parts: ['z'] } },
      ],
    })
  })

  test('data is compared as a number where a comparison or a range stands, and as text in quotes', () => {
    expect(parseFilter('data.n:>=-1.5e3')).toEqual({ kind: 'dataNumber', path: 'n', range: { min: -1500 } })
    expect(parseFilter('data.n:1..2')).toEqual({ kind: 'dataNumber', path: 'n', range: { min: 1, max: 2 } })
    expect(parseFilter('data.n:5')).toEqual({ kind: 'data', path: 'n', pattern: { parts: ['5'] } })
    expect(parseFilter('data.n:">5"')).toEqual({ kind: 'data', path: 'n', pattern: { parts: ['>5'] } })
    expect(parseFilter('data.file:../x')).toEqual({
      kind: 'data',
      path: 'file',
      pattern: { parts: ['../x'] },
    })
  })

  test('numbers take comparisons, ranges and a star for any', () => {
    const ranges = ['rows:5', 'rows:>5', 'rows:>=5', 'rows:<5', 'rows:<=5', 'rows:-1..5', 'rows:*'].map(
      (text) => {
        const filter = parseFilter(text)
        return filter.kind === 'number' ? filter.range : filter
      },
    )
    expect(ranges).toEqual([
      { min: 5, max: 5 },
      { min: 5, minOpen: true },
      { min: 5 },
      { max: 5, maxOpen: true },
      { max: 5 },
      { min: -1, max: 5 },
      {},
    ])
  })

  test('text that is half a character is searched as the log keeps it', () => {
    expect(parseFilter('a\ud800')).toEqual(word('a\ufffd'))
  })
})

describe('times', () => {
  const cases: [string, { from?: string; before?: string }][] = [
    ['after:2026-11-01', { from: '2026-11-01T00:00:00.000000Z' }],
    ['after:2026-11-01T10:00:00+02:00', { from: '2026-11-01T08:00:00.000000Z' }],
    ['before:2026-11-30', { before: '2026-11-30T00:00:00.000000Z' }],
    ['created:2026-11-30', { from: '2026-11-30T00:00:00.000000Z', before: '2026-12-01T00:00:00.000000Z' }],
    ['created:>2026-11-30', { from: '2026-12-01T00:00:00.000000Z' }],
    ['created:>=2026-11-30', { from: '2026-11-30T00:00:00.000000Z' }],
    ['created:<2026-11-30', { before: '2026-11-30T00:00:00.000000Z' }],
    ['created:<=2026-11-30', { before: '2026-12-01T00:00:00.000000Z' }],
    ['created:>2026-11-30T23:59:59.999999Z', { from: '2026-12-01T00:00:00.000000Z' }],
    ['created:<=2026-11-30T10:00:00Z', { before: '2026-11-30T10:00:00.000001Z' }],
    [
      'created:2026-11-30T10:00:00.5Z',
      { from: '2026-11-30T10:00:00.500000Z', before: '2026-11-30T10:00:00.500001Z' },
    ],
    [
      'created:2026-11-01..2026-11-01T10:00:00Z',
      { from: '2026-11-01T00:00:00.000000Z', before: '2026-11-01T10:00:00.000001Z' },
    ],
    [
      'created:2026-11-01T23:59:59.999999Z..2026-11-01',
      { from: '2026-11-01T23:59:59.999999Z', before: '2026-11-02T00:00:00.000000Z' },
    ],
    ['created:2026-11-01..9999-12-31', { from: '2026-11-01T00:00:00.000000Z' }],
    ['created:<=9999-12-31', {}],
    ['before:0001-01-01', { before: '0001-01-01T00:00:00.000000Z' }],
  ]
  test.each(cases)('%s', (text, range) => {
    expect(parseFilter(text)).toEqual({ kind: 'time', range })
  })
})

describe('faults', () => {
  /** The search, the piece that is underlined, and what to write instead of it. */
  const cases: [string, string, string?][] = [
    ['type:query actr:ann', 'actr', 'actor'],
    ['user:ann', 'user', 'actor'],
    ['sql:x', 'sql', 'data.sql'],
    ['since:2026-11-01', 'since', 'after'],
    ['see http://x.org/a', 'http://x.org/a', '"http://x.org/a"'],
    [String.raw`C:\temp`, String.raw`C:\temp`, String.raw`"C:\\temp"`],
    ['data:x', 'data'],
    ['data.:x', 'data.'],
    ['data.a*:x', 'data.a*', 'data."a*"'],
    ['actor:', 'actor:'],
    ['(actor:)', 'actor:'],
    ['a -actor:', 'actor:'],
    ['actor: ann', 'actor: ann', 'actor:ann'],
    ['name:""', 'name:""'],
    ['a ""', '""'],
    ['outcome:failed', 'failed', 'failure'],
    ['kind:wirte', 'wirte', 'write'],
    ['kind:nonsense*', 'nonsense*'],
    ['is:noisy', 'noisy', 'noise'],
    ['id:0193', '0193', '0193*'],
    ['id:xyz', 'xyz'],
    ['rows:many', 'many'],
    ['rows:>', '>'],
    ['rows:1,000', '1,000', '1000'],
    ['rows:5..1', '5..1', '1..5'],
    ['rows:..5', '..5', '<=5'],
    ['rows:5..', '5..', '>=5'],
    ['rows:9007199254740993', '9007199254740993'],
    ['rows:1e999', '1e999'],
    ['rows:1*', '1*'],
    ['data.n:>abc', '>abc', '">abc"'],
    ['data.n:a..b', 'a..b', '"a..b"'],
    ['ip:10.0.0/8', '10.0.0/8'],
    ['ip:10.0.0.0/33', '10.0.0.0/33'],
    ['after:yesterday', 'yesterday'],
    ['after:2026-02-30', '2026-02-30'],
    ['after:2026-11', '2026-11', '2026-11-01'],
    ['created:2026-11', '2026-11', '2026-11-01..2026-11-30'],
    ['after:2026-11-01T10:00', '2026-11-01T10:00', '2026-11-01T10:00:00Z'],
    ['after:2026-11-01..2026-11-02', '2026-11-01..2026-11-02'],
    ['created:2026-11-02..2026-11-01', '2026-11-02..2026-11-01', '2026-11-01..2026-11-02'],
    ['created:>=2026-11-01..2026-11-02', '>=2026-11-01..2026-11-02'],
    ['created:>9999-12-31', '>9999-12-31'],
    ['created:..2026-11-02', '..2026-11-02'],
    ['OR a', 'OR', '"OR"'],
    ['a OR', 'OR', '"OR"'],
    ['a OR OR b', 'OR', '"OR"'],
    ['(a OR) b', 'OR', '"OR"'],
    ['a -OR b', '-OR', '"-OR"'],
    ['(a', '('],
    ['a (b (c)', '('],
    ['a) b', ')'],
    ['a - b', '-', '"-"'],
    ['a --b', '--b', '"--b"'],
    ['a "b c', '"b c', '"b c"'],
    [String.raw`a "b\"`, String.raw`"b\"`, String.raw`"b\""`],
    ['5"', '"'],
    ['a"b"', 'a"b"', String.raw`"a\"b\""`],
    ['name:"a""b"', '"a""b"', String.raw`"\"a\"\"b\""`],
    ['count(*)', 'count(*)', '"count(*)"'],
    ['type:(a OR b)', 'type:('],
  ]
  test.each(cases)('%s', (text, piece, suggestion) => {
    const [fault] = faultsOf(text)
    expect(fault).toMatchObject({ path: 'q', piece })
    expect(fault?.message).not.toBe('')
    if (text !== '5"') expect(fault?.suggestion).toBe(suggestion)
  })

  test('a suggestion put in place of the piece makes the search valid', () => {
    for (const [text, , suggestion] of cases) {
      const [fault] = faultsOf(text)
      if (suggestion === undefined || fault?.start === undefined || text === 'a OR OR b') continue
      const better = `${text.slice(0, fault.start)}${suggestion}${text.slice(fault.end)}`
      expect(faultsOf(better), better).toEqual([])
    }
  })

  test('the faults of several terms are told together', () => {
    expect(faultsOf('actr:a rows:x "b"').map(({ piece }) => piece)).toEqual(['actr', 'x'])
  })
})

describe('limits', () => {
  test('a search of 16 Ki units is read and a longer one refused', () => {
    expect(faultsOf('x'.repeat(filterLimits.textUnitsMax))).toEqual([])
    expect(faultsOf('x'.repeat(filterLimits.textUnitsMax + 1))).toMatchObject([{ piece: 'x' }])
  })

  test('500 terms are read and the next one is refused', () => {
    expect(faultsOf('x '.repeat(filterLimits.termsMax))).toEqual([])
    expect(faultsOf(`${'x '.repeat(filterLimits.termsMax)}type:y z`)).toMatchObject([{ piece: 'type:y' }])
  })

  test('50 parentheses may stand inside each other and no more', () => {
    expect(faultsOf(nest(filterLimits.parenthesesDepthMax))).toEqual([])
    expect(faultsOf(nest(filterLimits.parenthesesDepthMax + 1))).toMatchObject([{ start: 101, piece: '(' }])
  })

  test('20 wildcards may stand in a term and no more', () => {
    expect(faultsOf(`name:${'a*'.repeat(filterLimits.wildcardsMax)}`)).toEqual([])
    expect(faultsOf(`name:${'a*'.repeat(filterLimits.wildcardsMax + 1)}`)).toHaveLength(1)
  })

  test('hostile texts of full length are read or refused in milliseconds', () => {
    const hostile = [
      '(',
      ')',
      '-',
      '"',
      '\\',
      '*',
      ':',
      'a:',
      'data."',
      'data."\\"',
      'OR ',
      '"" ',
      '=',
      '..',
      'rows:.. ',
      'a"',
      'x( ',
    ]
    for (const piece of [...hostile, ...hostile.map((text) => `rows:${text}`)]) {
      const started = performance.now()
      faultsOf(piece.repeat(Math.floor(filterLimits.textUnitsMax / piece.length)))
      faultsOf(`rows:${piece.repeat(Math.floor(filterLimits.textUnitsMax / piece.length) - 5)}`)
      expect(performance.now() - started, piece).toBeLessThan(1000)
    }
  })
})
