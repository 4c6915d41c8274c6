import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { client, conversations, say, server, track } from '../testing/conversations.ts'
import { extended, message, typed } from '../testing/raw-client.ts'
import { ProtocolFault } from './protocol-fault.ts'
import type { StatementFacts } from './statement-facts.ts'

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

test('what went to the client before a session broke off is counted', () => {
  const facts = track([
    client(message.query('select 1; table t; select 3')),
    server(say.row('1'), say.complete('SELECT 1'), say.row('a'), say.row('b')),
  ])
  expect(facts.map(({ text, rows, isOutcomeUnknown }) => [text.sql, rows, isOutcomeUnknown])).toEqual([
    ['select 1', 1, undefined],
    ['select 1; table t; select 3', 2, true],
  ])
})

test.each([
  ['closes the connection', []],
  ['says why it ends the session', [say.error('57P02', 'FATAL')]],
])(
  'a server that dies behind the last answer to a query and %s makes nothing untold or twice',
  (_, dying) => {
    const one = [client(message.query('insert into t values (1)')), server(say.complete('INSERT 0 1'))]
    const two = [
      client(message.query('select 1; delete from t')),
      server(say.row('1'), say.complete('SELECT 1'), say.complete('DELETE 2')),
    ]
    const told = [one, two].flatMap((turns) => track([...turns, ...dying.map((bytes) => server(bytes))]))
    expect(told.map(({ text, tag }) => [text.sql, tag])).toEqual([
      ['insert into t values (1)', 'INSERT 0 1'],
      ['select 1', 'SELECT 1'],
      ['delete from t', 'DELETE 2'],
    ])
    for (const facts of told) {
      expect(facts.error).toBeUndefined()
      expect(facts).not.toHaveProperty('isOutcomeUnknown')
    }
  },
)

test('a command that is answered in several parts is one statement, and a stream that ends is no failure', () => {
  const backup = [
    client(message.query('BASE_BACKUP (LABEL x)')),
    server(
      say.row('1'),
      say.complete('SELECT'),
      say.row('2'),
      say.complete('SELECT'),
      say.complete('BASE_BACKUP'),
      say.ready(),
    ),
    client(message.query('START_REPLICATION 0/1')),
    server(typed('W', Buffer.from([0, 0, 0])), typed('d', Buffer.from('wal'))),
  ]
  expect(track(backup)).toMatchObject([
    { text: { sql: 'BASE_BACKUP (LABEL x)' }, rows: 2, executions: 1, tag: 'BASE_BACKUP' },
    { text: { sql: 'START_REPLICATION 0/1' }, copy: 'both', bytes: 3 },
  ])
  expect(track(backup)[1]).not.toHaveProperty('isOutcomeUnknown')
})

test.each([
  ['ParseComplete', say.parsed()],
  ['BindComplete', say.bound()],
  ['CommandComplete', say.complete('SELECT 1')],
  ['CloseComplete', say.closed()],
  ['PortalSuspended', say.suspended()],
])('%s for nothing that was asked is no conversation', (_, bytes) => {
  for (const name of ['simple', 'extended']) {
    expect(() => track([...(conversations[name] ?? []), server(bytes)])).toThrow('what was not asked')
  }
})

test('ReadyForQuery that nobody asked for disturbs nothing', () => {
  const stray = server(say.ready())
  const turns = [stray, ...(conversations['simple'] ?? []), stray, ...(conversations['extended'] ?? [])]
  expect(track(turns).map(({ text }) => text.sql)).toEqual(['select 1', 'select $1'])
})

test('nothing but Sync and Flush may come in the middle of COPY data', () => {
  const begin = [client(message.query('copy t from stdin')), server(say.copyIn())]
  const fine = client(message.copyData('1\n'), message.sync(), message.flush(), message.copyData('2\n'))
  expect(() => track([...begin, fine])).not.toThrow()
  for (const amid of [...extended('select 1'), message.query('select 1'), message.describe('S', '')]) {
    expect(() => track([...begin, fine, client(amid)])).toThrow('in the middle of COPY data')
    // Sent before the server asked for data: it is in the middle of what is read as such.
    expect(() =>
      track([
        client(message.query('copy t from stdin'), message.copyData('1\n'), amid),
        server(say.copyIn()),
      ]),
    ).not.toThrow()
  }
})

test('COPY data that are sent unasked, with what comes behind them, are followed', () => {
  const turns = [
    client(
      ...extended('copy t from stdin'),
      message.sync(),
      message.copyData('1\n'),
      message.copyDone(),
      message.sync(),
      ...extended('select 1'),
      message.sync(),
    ),
    // The first Sync is passed over.
    server(say.parsed(), say.bound(), say.copyIn(), say.complete('COPY 1'), say.ready()),
    server(say.parsed(), say.bound(), say.complete('SELECT 1'), say.ready()),
    client(...extended('selec'), message.sync()),
    server(say.error('42601'), say.ready()),
    client(...extended('select 2'), message.sync()),
    server(say.parsed(), say.bound(), say.complete('SELECT 1'), say.ready()),
  ]
  expect(track(turns).map(({ text, error }) => [text.sql, error?.code])).toEqual([
    ['copy t from stdin', undefined],
    ['select 1', undefined],
    ['selec', '42601'],
    ['select 2', undefined],
  ])
})

test('what was sent behind a COPY that failed is told, whether or not it was executed', () => {
  const sent = client(
    ...extended('copy t from stdin'),
    message.sync(),
    message.copyData('x\n'),
    message.sync(),
    message.copyDone(),
    ...extended('select 1'),
    message.sync(),
  )
  const failed = [sent, server(say.parsed(), say.bound(), say.copyIn(), say.error('22P02'))]
  const unknown = track([...failed, server(say.ready(), say.ready())])
  expect(unknown.map(({ text, isOutcomeUnknown }) => [text.sql, isOutcomeUnknown])).toEqual([
    ['copy t from stdin', undefined],
    ['select 1', true],
  ])
  // Without a Sync between them: by its own text, though its portal has the name of the one before.
  const direct = track([
    client(
      ...extended('copy t from stdin'),
      message.sync(),
      message.copyData('x\n'),
      message.copyDone(),
      ...extended('select 1'),
      ...extended('select 2'),
      message.sync(),
    ),
    server(say.parsed(), say.bound(), say.copyIn(), say.error('22P02'), say.ready()),
  ])
  expect(direct.map(({ text, isOutcomeUnknown }) => [text.sql, isOutcomeUnknown])).toEqual([
    ['copy t from stdin', undefined],
    ['select 1', true],
    ['select 2', true],
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
      const facts: StatementFacts[] = []
      try {
        track(order, [], true, facts)
      } catch (error) {
        if (!(error instanceof ProtocolFault) || error.kind !== 'out_of_step') throw error
      }
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
