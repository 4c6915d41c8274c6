import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { gatewayLimits } from '../gateway-limits.ts'
import { int16, int32, message, typed } from '../testing/raw-client.ts'
import { backendRules, frontendRules } from './message-types.ts'
import { MessageWalker } from './message-walker.ts'
import type { StatementFacts } from './statement-facts.ts'
import { StatementTracker } from './statement-tracker.ts'

/** What one side says, in turn. */
type Turn = { from: 'client' | 'server'; bytes: Buffer }

const client = (...messages: Buffer[]): Turn => ({ from: 'client', bytes: Buffer.concat(messages) })
const server = (...messages: Buffer[]): Turn => ({ from: 'server', bytes: Buffer.concat(messages) })

const say = {
  complete: (tag: string): Buffer => typed('C', Buffer.from(`${tag}\0`)),
  row: (text: string): Buffer =>
    typed('D', Buffer.concat([int16(1), int32(Buffer.byteLength(text)), Buffer.from(text)])),
  ready: (state: 'I' | 'T' | 'E' = 'I'): Buffer => typed('Z', Buffer.from(state)),
  error: (code: string, severity = 'ERROR'): Buffer =>
    typed('E', Buffer.from(`S${severity}\0V${severity}\0C${code}\0Mit failed\0\0`)),
  columns: (): Buffer => typed('T', int16(0)),
  parsed: (): Buffer => typed('1'),
  bound: (): Buffer => typed('2'),
  closed: (): Buffer => typed('3'),
  noData: (): Buffer => typed('n'),
  suspended: (): Buffer => typed('s'),
  empty: (): Buffer => typed('I'),
  copyIn: (): Buffer => typed('G', Buffer.from([0, 0, 0])),
  copyOut: (): Buffer => typed('H', Buffer.from([0, 0, 0])),
  notice: (): Buffer => typed('N', Buffer.from('SNOTICE\0\0')),
  parameter: (name: string, value: string): Buffer => typed('S', Buffer.from(`${name}\0${value}\0`)),
}

/** Tells the turns to a tracker, each in pieces of these sizes. */
function track(turns: readonly Turn[], sizes: readonly number[] = [], isOver = true): StatementFacts[] {
  const facts: StatementFacts[] = []
  const tracker = new StatementTracker({
    limits: gatewayLimits,
    wantsBind: true,
    wantsIntents: false,
    finished: (statement) => facts.push(statement),
    settled: () => undefined,
  })
  const walkers = {
    client: new MessageWalker(frontendRules(gatewayLimits)),
    server: new MessageWalker(backendRules()),
  }
  let turn = 0
  let piece = 0
  for (const { from, bytes } of turns) {
    const walker = walkers[from]
    turn++
    for (let at = 0; at < bytes.length;) {
      const size = sizes.length === 0 ? bytes.length : (sizes[piece++ % sizes.length] ?? 1)
      walker.feed(bytes.subarray(at, at + size))
      at += size
      while (walker.next()) {
        if (from === 'client') tracker.fromClient(walker, turn)
        else tracker.fromServer(walker, turn)
      }
    }
  }
  if (isOver) tracker.ended(turn + 1)
  return facts
}

/** Conversations, each of which ends with the server being ready. */
const conversations: Record<string, Turn[]> = {
  simple: [
    client(message.query('select 1')),
    server(say.columns(), say.row('1'), say.complete('SELECT 1'), say.ready()),
  ],
  several: [
    client(message.query("select 1; update t set a = ';'; select 3")),
    server(say.columns(), say.row('1'), say.complete('SELECT 1'), say.complete('UPDATE 8')),
    server(say.columns(), say.row('a'), say.row('b'), say.complete('SELECT 2'), say.ready()),
  ],
  failing: [
    client(message.query('select 1; select 1/0; select 3')),
    server(say.complete('SELECT 1'), say.error('22012'), say.ready()),
  ],
  extended: [
    client(
      message.parse('', 'select $1', [25]),
      message.bind('', '', ['x', null]),
      message.describe('P', ''),
      message.execute(''),
      message.sync(),
    ),
    server(say.parsed(), say.bound(), say.columns(), say.row('x'), say.complete('SELECT 1'), say.ready()),
  ],
  pipelined: [
    client(
      message.parse('s', 'insert into t values ($1)'),
      message.sync(),
      message.bind('', 's', ['1']),
      message.execute(''),
      message.bind('', 's', ['2']),
      message.execute(''),
      message.sync(),
    ),
    server(
      say.parsed(),
      say.ready(),
      say.bound(),
      say.complete('INSERT 0 1'),
      say.bound(),
      say.complete('INSERT 0 1'),
      say.ready(),
    ),
  ],
  refused: [
    client(
      message.parse('', 'selec'),
      message.bind('', ''),
      message.execute(''),
      message.sync(),
      message.query('select 2'),
    ),
    server(
      say.error('42601'),
      say.ready(),
      say.columns(),
      say.row('2'),
      say.complete('SELECT 1'),
      say.ready(),
    ),
  ],
  slices: [
    client(message.query('begin')),
    server(say.complete('BEGIN'), say.ready('T')),
    client(message.parse('', 'table t'), message.bind('p', ''), message.execute('p', 2), message.flush()),
    server(say.parsed(), say.bound(), say.row('1'), say.row('2'), say.suspended()),
    client(message.execute('p', 2), message.close('P', 'p'), message.sync()),
    server(say.row('3'), say.complete('SELECT 1'), say.closed(), say.ready('T')),
    client(message.query('commit')),
    server(say.complete('COMMIT'), say.ready()),
  ],
  copyIn: [
    client(message.parse('', 'copy t from stdin'), message.bind('', ''), message.execute(''), message.sync()),
    server(say.parsed(), say.bound(), say.copyIn()),
    client(
      message.copyData('1\n'),
      message.sync(),
      message.copyData('2\n'),
      message.copyDone(),
      message.copyFail('stray'),
      message.sync(),
    ),
    server(say.complete('COPY 2'), say.ready()),
  ],
  copyOut: [
    client(message.query('copy t to stdout')),
    server(
      say.copyOut(),
      typed('d', Buffer.from('1\n')),
      typed('d', Buffer.from('2\n')),
      typed('c'),
      say.complete('COPY 2'),
      say.ready(),
    ),
  ],
  application: [
    client(message.query("set application_name = 'dbt'")),
    server(say.complete('SET'), say.parameter('application_name', 'dbt'), say.notice(), say.ready()),
  ],
  empty: [client(message.query('')), server(say.empty(), say.ready())],
}

test('each conversation makes the statements that it shows', () => {
  const seen = Object.fromEntries(
    Object.entries(conversations).map(([name, turns]) => [
      name,
      track(turns).map(({ text, rows, executions, error, tag }) => [
        text.sql,
        rows,
        executions,
        error?.code ?? tag,
      ]),
    ]),
  )
  expect(seen).toEqual({
    simple: [['select 1', 1, 1, 'SELECT 1']],
    several: [
      ['select 1', 1, 1, 'SELECT 1'],
      ["update t set a = ';'", 8, 1, 'UPDATE 8'],
      ['select 3', 2, 1, 'SELECT 2'],
    ],
    failing: [
      ['select 1', 1, 1, 'SELECT 1'],
      ['select 1/0', undefined, 1, '22012'],
    ],
    extended: [['select $1', 1, 1, 'SELECT 1']],
    pipelined: [['insert into t values ($1)', 2, 2, 'INSERT 0 1']],
    refused: [
      ['selec', undefined, 0, '42601'],
      ['select 2', 1, 1, 'SELECT 1'],
    ],
    slices: [
      ['begin', undefined, 1, 'BEGIN'],
      ['table t', 3, 1, 'SELECT 1'],
      ['commit', undefined, 1, 'COMMIT'],
    ],
    copyIn: [['copy t from stdin', 2, 1, 'COPY 2']],
    copyOut: [['copy t to stdout', 2, 1, 'COPY 2']],
    application: [["set application_name = 'dbt'", undefined, 1, 'SET']],
    empty: [['', undefined, 1, undefined]],
  })
})

test('in any order and any split, conversations make the same statements', () => {
  const names = Object.keys(conversations)
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 30 }),
      (order, sizes) => {
        const turns = order.flatMap((name) => conversations[name] ?? [])
        expect(track(turns, sizes)).toEqual(track(turns))
      },
    ),
    { numRuns: 600 },
  )
})

test('wherever a session breaks off, nothing that was sent to be executed is untold', () => {
  for (const [name, turns] of Object.entries(conversations)) {
    const whole = track(turns)
    const all = Buffer.concat(turns.map(({ bytes }) => bytes))
    for (let to = 0; to < all.length; to++) {
      let left = to
      const until = turns.flatMap((turn) => {
        const bytes = turn.bytes.subarray(0, Math.max(0, left))
        left -= turn.bytes.length
        return bytes.length === 0 ? [] : [{ ...turn, bytes }]
      })
      const broken = track(until)
      expect(broken.length, `${name} at ${to}`).toBeLessThanOrEqual(whole.length + 1)
      const known = broken.filter(({ isOutcomeUnknown, isPartial }) => !isOutcomeUnknown && !isPartial)
      // What is known is a beginning of what was to come.
      known.forEach(({ text }, i) => expect(text.sql, `${name} at ${to}`).toBe(whole[i]?.text.sql))
    }
  }
})

test('a session that the server left in the middle of a statement tells that nobody knows how it ended', () => {
  const facts = track([client(message.query('delete from t')), server(say.notice())])
  expect(facts).toEqual([
    expect.objectContaining({
      isOutcomeUnknown: true,
      text: { sql: 'delete from t', bytes: 13, isCut: false },
    }),
  ])
  expect(facts[0]?.error).toBeUndefined()
})

test('answers that nobody asked for disturb nothing', () => {
  const stray = server(
    say.parsed(),
    say.bound(),
    say.complete('SELECT 1'),
    say.closed(),
    say.suspended(),
    say.ready(),
  )
  const [first, ...rest] = [
    stray,
    ...(conversations['simple'] ?? []),
    stray,
    ...(conversations['extended'] ?? []),
  ]
  expect(track(first === undefined ? rest : [first, ...rest]).map(({ text }) => text.sql)).toEqual([
    'select 1',
    'select $1',
  ])
})

test('statements that cannot be told apart are one, with all their rows', () => {
  const turns = [
    client(message.query('select 1; select 2')),
    server(
      say.row('1'),
      say.complete('SELECT 1'),
      say.row('2'),
      say.complete('SELECT 1'),
      say.complete('SELECT 4'),
      say.ready(),
    ),
  ]
  expect(track(turns)).toEqual([
    expect.objectContaining({
      text: { sql: 'select 1; select 2', bytes: 18, isCut: false },
      rows: 6,
      statements: 3,
      executions: 3,
    }),
  ])
})

test('a text in another encoding is read in it', () => {
  const turns = [
    server(say.parameter('client_encoding', 'LATIN1'), say.ready()),
    client(message.typed('Q', Buffer.from("select 'ü'\0", 'latin1'))),
    server(say.complete('SELECT 1'), say.ready()),
  ]
  expect(track(turns)[0]?.text.sql).toBe("select 'ü'")
})

test('with standard_conforming_strings off a backslash hides a quote', () => {
  const turns = [
    server(say.parameter('standard_conforming_strings', 'off'), say.ready()),
    client(message.query(String.raw`select 'a\'; b'; select 2`)),
    server(say.complete('SELECT 1'), say.complete('SELECT 1'), say.ready()),
  ]
  expect(track(turns).map(({ text }) => text.sql)).toEqual([String.raw`select 'a\'; b'`, 'select 2'])
})

test('whatever client and server say in whatever order, a tracker keeps up and keeps little', () => {
  const turns = fc.constantFrom(
    client(message.query('select 1; select 2')),
    client(message.parse('s', 'select 1')),
    client(message.parse('', 'select 1')),
    client(message.bind('p', 's', ['1'])),
    client(message.bind('', '', ['1'])),
    client(message.execute('p', 1)),
    client(message.execute('')),
    client(message.describe('S', 's')),
    client(message.close('S', 's')),
    client(message.close('P', 'p')),
    client(message.sync()),
    client(message.copyData('x')),
    client(message.copyDone()),
    client(message.copyFail('x')),
    client(message.functionCall(1, [])),
    ...[
      say.parsed,
      say.bound,
      say.closed,
      say.suspended,
      say.empty,
      say.copyIn,
      say.copyOut,
      say.columns,
    ].map((bytes) => server(bytes())),
    server(say.row('1')),
    server(say.complete('SELECT 1')),
    server(say.complete('DISCARD ALL')),
    server(say.complete('PREPARE')),
    server(say.error('22012')),
    server(say.error('57P01', 'FATAL')),
    server(say.ready()),
    server(say.ready('T')),
  )
  fc.assert(
    fc.property(fc.array(turns, { maxLength: 60 }), (order) => {
      const executed = order.filter(
        ({ from, bytes }) => from === 'client' && 'QEF'.includes(String.fromCharCode(bytes[0] ?? 0)),
      )
      const steps = order.filter(({ from }) => from === 'client').length
      const facts = track(order)
      // No event comes of nothing, and none twice: a query of two statements and a part of a portal are the most.
      expect(facts.length).toBeLessThanOrEqual(2 * executed.length + steps + order.length)
      for (const { text, durationMs, rows = 0 } of facts) {
        expect(durationMs).toBeGreaterThanOrEqual(0)
        expect(rows).toBeGreaterThanOrEqual(0)
        expect([undefined, 'select 1', 'select 2', 'select 1; select 2']).toContain(text.sql)
      }
    }),
    { numRuns: 3000 },
  )
})
