import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { EnrichedEvent } from '../../event.ts'
import { finds, findsData, readFilter, readSelection } from '../testing/rule-texts.ts'
import { escapeSigmaText } from './sigma-text.ts'

/** A selection, an event that it finds and one that it does not. */
type Case = [selection: string, found: Partial<EnrichedEvent>, missed: Partial<EnrichedEvent>]

function expectCase([selection, found, missed]: Case): void {
  const filter = readSelection(selection)
  expect(finds(filter, found)).toBe(true)
  expect(finds(filter, missed)).toBe(false)
}

const statement = {
  kind: 'write',
  parsed: true,
  tables: [{ name: 'Sales.Orders', access: 'write' }],
  fingerprint: '9f3a5c',
  normalized: '',
  flags: ['without_where'],
} as const satisfies Partial<EnrichedEvent['statement']>

describe('a field', () => {
  const written: EnrichedEvent['statement'] = {
    ...statement,
    tables: [...statement.tables],
    flags: ['without_where'],
  }
  const cases: Case[] = [
    ['type: QUERY', {}, { type: 'query_plan' }],
    ['outcome: denied', { outcome: 'denied' }, { outcome: 'failure' }],
    ['person: ann@acme.com', {}, { actor: { type: 'user', id: 'u_7' } }],
    ['person: u_7', {}, { actor: { type: 'user', id: 'u_77' } }],
    ['person: Ann Lee', {}, { actor: { type: 'user', name: 'Ann' } }],
    ['actor: u_7', {}, { actor: { type: 'user', id: 'u_77' } }],
    ['email: ann@acme.com', {}, { actor: { type: 'user', name: 'ann@acme.com' } }],
    ['name: ann lee', {}, { actor: { type: 'user', id: 'ann lee' } }],
    ['id: 0193a5c0-7b1e-7000-8000-2f6d4c1b9a70', {}, { id: '0193a5c0-7b1e-7000-8000-2f6d4c1b9a71' }],
    ['request: r1', { context: { requestId: 'R1' } }, { context: { requestId: 'r2' } }],
    ['session: s1', { context: { sessionId: 's1' } }, { context: { sessionId: 's11' } }],
    ['source: app', { source: 'app' }, {}],
    ['application: psql', { context: { application: 'PSQL' } }, { context: { application: 'psql 16' } }],
    ['database: prod', { data: { database: 'Prod' } }, { data: { database: 'prod2' } }],
    ['login: svc_bi', { data: { login: 'svc_bi' } }, { data: { login: 'svc' } }],
    ['tool: metabase', { attribution: { tool: 'Metabase', trust: 'trusted' } }, {}],
    ['ip: 203.0.113.9', { context: { ip: '203.0.113.9' } }, { context: { ip: '203.0.113.90' } }],
    ['kind: write', { statement: written }, { statement: { ...written, kind: 'read' } }],
    ['fingerprint: 9F3A5C', { statement: written }, {}],
    ['flag: without_where', { statement: written }, {}],
    ['table: orders', { statement: written }, { statement: { ...written, tables: [] } }],
    ['table: sales.orders', { statement: written }, {}],
    [
      'target: int_1',
      { targets: [{ type: 'integration', id: 'int_1' }] },
      { targets: [{ type: 'integration' }] },
    ],
    ['error: 42p01', { data: { error: { code: '42P01' } } }, { data: { error: { code: '42P02' } } }],
    ['duration: 12.5', { data: { durationMs: 12.5 } }, { data: { durationMs: 12 } }],
    ['rows: 0', { data: { rows: 0 } }, {}],
    ['data.Error.Code: 42p01', { data: { error: { code: '42P01' } } }, { data: { error: '42P01' } }],
    ['TYPE: query', {}, { type: 'login' }],
  ]
  test.each(cases)('%s', (...one) => {
    expectCase(one)
  })

  test('noise: true finds what noise: false does not', () => {
    const both = [
      readSelection('noise: true'),
      readSelection('noise: false'),
      readSelection('noise|neq: true'),
    ]
    expect(both.map((filter) => finds(filter, {}))).toEqual([false, true, true])
  })
})

describe('values', () => {
  test('of a list are joined by or, whatever their kinds', () => {
    const filter = readSelection('data.n: [5, "seven", true]')
    expect([5, '5', 'SEVEN', true, 'true'].map((n) => findsData(filter, { n }))).toEqual([
      true,
      true,
      true,
      true,
      true,
    ])
    expect([55, 'sev', false, null, 7].map((n) => findsData(filter, { n }))).toEqual([
      false,
      false,
      false,
      false,
      false,
    ])
  })

  test('numbers are compared as they are written', () => {
    const filter = readSelection('data.n: [1.0, 0x10, 1e3]')
    expect([1, 16, 1000, '1000'].map((n) => findsData(filter, { n }))).toEqual([true, true, true, true])
  })

  test('null and an empty text find what is missing', () => {
    for (const value of ['null', '~', '', "''"]) {
      const filter = readSelection(`session: ${value}`)
      expect(finds(filter, {})).toBe(true)
      expect(finds(filter, { context: { sessionId: '' } })).toBe(true)
      expect(finds(filter, { context: { sessionId: 's' } })).toBe(false)
    }
    const filter = readSelection('data.x: null')
    expect([{}, { x: null }, { x: {} }].map((data) => findsData(filter, data))).toEqual([true, true, true])
    expect([{ x: 0 }, { x: '' }, { x: false }].map((data) => findsData(filter, data))).toEqual([
      false,
      false,
      false,
    ])
  })

  test('a missing number is found by null', () => {
    expect(finds(readSelection('rows: null'), {})).toBe(true)
    expect(finds(readSelection('rows: null'), { data: { rows: 0 } })).toBe(false)
  })

  test.each<[string, string[], string[]]>([
    ['select*', ['select', 'SELECT 1'], [' select', 'insert']],
    ['"*drop*table*"', ['drop table', 'x; DROP  TABLE y'], ['table drop', 'drop']],
    ['"*"', ['', 'x'], []],
    [String.raw`'100\*'`, ['100*'], ['100', '1000', String.raw`100\*`]],
    [String.raw`'100\?'`, ['100?'], ['1000', '100']],
    [String.raw`'c:\\*'`, ['c:\\', 'c:\\windows'], ['c:', 'c:/']],
    [String.raw`'c:\x'`, ['C:\\X'], ['c:\\\\x', 'c:x']],
    [String.raw`'c:\\x'`, ['C:\\X'], ['c:\\\\x']],
    [String.raw`'\\\\srv\x'`, ['\\\\srv\\x'], ['\\srv\\x']],
    // Without `expand` it is no placeholder.
    ["'%name%'", ['%name%'], ['name', 'ann']],
    ['">5"', ['>5'], ['6']],
    ['1..5', ['1..5'], ['3']],
    [`'say "hi" (now): -x'`, ['say "hi" (now): -x'], ['say hi']],
  ])('%s of a text', (value, found, missed) => {
    const filter = readSelection(`data.x: ${value}`)
    expect(found.filter((x) => !findsData(filter, { x }))).toEqual([])
    expect(missed.filter((x) => findsData(filter, { x }))).toEqual([])
  })

  test('a star alone asks that the field is there', () => {
    expect(finds(readSelection("session: '*'"), {})).toBe(false)
    expect(finds(readSelection("rows: '*'"), { data: { rows: 3 } })).toBe(true)
  })
})

describe('a modifier', () => {
  test.each<[string, string[], string[]]>([
    ['data.x|contains: b*d', ['abcde', 'BD'], ['abc', 'db']],
    [String.raw`data.x|contains: 'a\*b'`, ['xa*by'], ['axb']],
    ['data.x|startswith: ab', ['ab', 'ABC'], ['xab']],
    [String.raw`data.x|startswith: 'a\'`, ['a\\', 'a\\*'], ['a', 'ab']],
    ['data.x|endswith: ab', ['ab', 'xAB'], ['abx']],
    ['data.x|contains: [a, b]', ['a', 'xbx'], ['c']],
    ['data.x|contains|all: [a, b]', ['ab', 'b a'], ['a', 'b']],
    ['data.x|all|contains: [a, b]', ['ab', 'b a'], ['a', 'b']],
    ['data.x|all: [a*, "*b"]', ['ab', 'a b'], ['a', 'b']],
    ['data.x|startswith|all: [a, ab]', ['abc'], ['a']],
    ['data.x|neq: a', ['b', 'aa'], ['a', 'A']],
    ['data.x|neq: [a, b]', ['c'], ['a', 'b']],
    ['data.x|contains|neq: a', ['b'], ['a', 'bab']],
    ['data.x|contains: 5', ['5', '15x'], ['1']],
  ])('%s', (selection, found, missed) => {
    const filter = readSelection(selection)
    expect(found.filter((x) => !findsData(filter, { x }))).toEqual([])
    expect(missed.filter((x) => findsData(filter, { x }))).toEqual([])
  })

  test.each<[string, (number | null)[], (number | null)[]]>([
    ['lt: 5', [4.9, -1], [5, 6, null]],
    ['lte: 5', [5, -1], [5.1, null]],
    ['gt: 5', [5.1, 1e21], [5, 4, null]],
    ['gte: 5', [5, 6], [4.9, null]],
    ['gt: 1e20', [1e21], [1e20]],
    ['gt: [5, 7]', [6], [5]],
    ['gte: -0.5', [0, -0.5], [-1]],
  ])('%s compares numbers', (modifier, found, missed) => {
    const data = readSelection(`data.n|${modifier}`)
    const rows = readSelection(`rows|${modifier}`)
    expect(found.filter((n) => !findsData(data, { n }) || !findsData(rows, { rows: n }))).toEqual([])
    expect(missed.filter((n) => findsData(data, { n }) || findsData(rows, { rows: n }))).toEqual([])
  })

  test('gt finds no text that reads like a number', () => {
    expect(findsData(readSelection('data.n|gt: 5'), { n: '6' })).toBe(false)
  })

  test('neq finds events without the field, too', () => {
    expect(finds(readSelection('session|neq: s1'), {})).toBe(true)
    expect(finds(readSelection('rows|neq: 5'), {})).toBe(true)
    expect(finds(readSelection('rows|neq: 5'), { data: { rows: 5 } })).toBe(false)
  })

  test('exists asks whether there is a value', () => {
    const [there, missing] = [readSelection('data.x|exists: true'), readSelection('data.x|exists: false')]
    for (const x of ['', 'a', 0, false]) {
      expect([findsData(there, { x }), findsData(missing, { x })]).toEqual([true, false])
    }
    for (const data of [{}, { x: null }, { x: {} }, { x: [] }]) {
      expect([findsData(there, data), findsData(missing, data)]).toEqual([false, true])
    }
    for (const field of ['outcome', 'rows', 'ip', 'id']) readSelection(`${field}|exists: true`)
    expect(finds(readSelection('rows|exists: true'), { data: { rows: 0 } })).toBe(true)
  })

  test.each([
    ['10.0.0.0/8', ['10.1.2.3', '::ffff:10.0.0.1'], ['11.0.0.1', '']],
    ['2001:DB8::/32', ['2001:db8:1::9'], ['2001:db9::1', '10.0.0.1']],
  ])('cidr %s finds addresses of a network', (network, found, missed) => {
    const filter = readSelection(`ip|cidr: "${network}"`)
    const other = readSelection(`ip|cidr|neq: "${network}"`)
    for (const ip of found)
      expect([finds(filter, { context: { ip } }), finds(other, { context: { ip } })]).toEqual([true, false])
    for (const ip of missed)
      expect([finds(filter, { context: { ip } }), finds(other, { context: { ip } })]).toEqual([false, true])
  })

  test('several networks are joined by or', () => {
    const filter = readSelection('ip|cidr: [10.0.0.0/8, 192.168.0.0/16]')
    expect(
      ['10.0.0.1', '192.168.7.7', '192.169.0.1'].map((ip) => finds(filter, { context: { ip } })),
    ).toEqual([true, true, false])
  })

  test('startswith of an address is one of its text', () => {
    const filter = readSelection('ip|startswith: 203.0.')
    expect(finds(filter, { context: { ip: '203.0.113.9' } })).toBe(true)
    expect(finds(filter, { context: { ip: '203.1.113.9' } })).toBe(false)
  })
})

describe('a search', () => {
  test('of a map wants all of its fields', () => {
    const filter = readSelection('type: query\noutcome: denied')
    expect(finds(filter, { outcome: 'denied' })).toBe(true)
    expect(finds(filter, {})).toBe(false)
    expect(finds(filter, { type: 'login', outcome: 'denied' })).toBe(false)
  })

  test('of a list of maps wants one of them', () => {
    const filter = readSelection('- type: login\n  outcome: denied\n- source: app')
    expect(finds(filter, { type: 'login', outcome: 'denied' })).toBe(true)
    expect(finds(filter, { source: 'app' })).toBe(true)
    expect(finds(filter, { type: 'login' })).toBe(false)
  })

  test('of keywords finds one of them anywhere', () => {
    const filter = readSelection("- 'EVILSERVICE'\n- svchost.exe -n evil\n- 4711")
    expect(findsData(filter, { deep: { sql: 'run EvilService now' } })).toBe(true)
    expect(findsData(filter, { list: ['x', 'SVCHOST.EXE -N EVIL'] })).toBe(true)
    expect(findsData(filter, { n: 94711 })).toBe(true)
    expect(finds(filter, { actor: { type: 'user', name: 'evilservices' } })).toBe(true)
    expect(findsData(filter, { sql: 'svchost.exe' })).toBe(false)
  })

  test("of '|all' finds every keyword", () => {
    const filter = readSelection("'|all':\n  - OabVirtualDirectory\n  - ' -ExternalUrl '")
    expect(findsData(filter, { a: 'Set-OabVirtualDirectory -ExternalUrl x' })).toBe(true)
    expect(findsData(filter, { a: 'OabVirtualDirectory', b: 'x -ExternalUrl y' })).toBe(true)
    expect(findsData(filter, { a: 'OabVirtualDirectory' })).toBe(false)
  })

  test('may mix keywords and maps', () => {
    const filter = readSelection('- evil\n- type: login')
    expect(findsData(filter, { a: 'evil' })).toBe(true)
    expect(finds(filter, { type: 'login' })).toBe(true)
    expect(finds(filter, {})).toBe(false)
  })

  test('may repeat values by an alias', () => {
    const filter = readFilter(
      'a:\n  type: &types [login, query]\nb:\n  source: *types\ncondition: a and not b',
    )
    expect(finds(filter, {})).toBe(true)
    expect(finds(filter, { source: 'login' })).toBe(false)
  })
})

/** Pieces of a text as Sigma writes them, and as a regular expression does. */
const textPieces = [
  ['a', 'a'],
  ['B', 'b'],
  ['ß', 'ß'],
  [' ', ' '],
  ['"', '"'],
  ['-', '-'],
  ['(', String.raw`\(`],
  [':', ':'],
  ['..', String.raw`\.\.`],
  ['*', '[^]*'],
  [String.raw`\*`, String.raw`\*`],
  [String.raw`\?`, String.raw`\?`],
  // Before anything but a star, a question mark or a backslash.
  [String.raw`\n`, String.raw`\\n`],
  [String.raw`\\`, String.raw`\\`],
] as const

test('texts and modifiers made up at random find what the same regular expression does', () => {
  const value = fc.string({
    unit: fc.constantFrom('a', 'b', 'ß', ' ', '"', '-', '(', ':', '.', '*', '?', '\\', 'n', '\\n'),
    maxLength: 6,
  })
  const pieces = fc.array(fc.constantFrom(...textPieces), { minLength: 1, maxLength: 5 })
  const modifier = fc.constantFrom('', '|contains', '|startswith', '|endswith')
  fc.assert(
    fc.property(pieces, modifier, fc.array(value, { maxLength: 20 }), (parts, modified, values) => {
      const text = parts.map(([sigma]) => sigma).join('')
      const body = parts.map(([, regex]) => regex).join('')
      const begin = modified === '|contains' || modified === '|endswith' ? '' : '^'
      const end = modified === '|contains' || modified === '|startswith' ? '' : '$'
      const oracle = new RegExp(`${begin}${body}${end}`, 'i')
      const filter = readSelection(JSON.stringify({ [`data.x${modified}`]: text }))
      const found = values.filter((x) => findsData(filter, { x }))
      expect(found).toEqual(values.filter((x) => oracle.test(x)))
    }),
    { numRuns: 500 },
  )
})

test('any path of data and any text is found by what stands there', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
      (key, text) => {
        fc.pre(!key.includes('|') && key !== '' && text.isWellFormed() && key.isWellFormed())
        const filter = readSelection(JSON.stringify({ [`data.${key}`]: escapeSigmaText(text) }))
        expect(findsData(filter, { [key]: text })).toBe(true)
        expect(findsData(filter, { [key]: `${text}x`, [`${key}x`]: text })).toBe(false)
      },
    ),
  )
})
