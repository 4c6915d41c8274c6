import { isAuditError } from '@aleph-audit-log/domain/error'
import { describe, expect, test } from 'vitest'
import type { ForeignRecord } from './field-path.ts'
import { mapRecord } from './map-record.ts'
import { mappingPresets, presetNames } from './mapping-presets.ts'
import { parseConstants, parseMapping } from './mapping.ts'

const base = {
  type: { value: 'query' },
  occurredAt: 'time',
  'actor.type': { value: 'user' },
  'actor.name': 'who',
}

const time = '2026-11-22T10:00:00Z'

function map(fields: object, record: ForeignRecord, more: object = {}): unknown {
  const mapping = parseMapping({ fields: { ...base, ...fields }, ...more }, new Map(), 'test.json')
  return mapRecord({ time, who: 'Ann', ...record }, mapping, 'source')
}

const dataOf = (draft: unknown): unknown => (draft as { data?: unknown }).data

function faultsOf(input: unknown, constants: string[] = []): string[] {
  try {
    parseMapping(input, parseConstants(constants), 'test.json')
    return []
  } catch (error) {
    if (!isAuditError(error, 'invalid')) throw error
    return error.problems.map(({ path, message }) => `${path} ${message}`)
  }
}

describe('a mapping', () => {
  test('that says nothing of a value leaves it in data under its own name', () => {
    const record = { user: { id: 7, team: 'x' }, tags: ['a', 'b'], none: null, empty: '', flag: false }
    expect(map({ 'actor.id': 'user.id' }, record)).toEqual({
      type: 'query',
      occurredAt: time,
      actor: { type: 'user', name: 'Ann', id: '7' },
      data: { user: { team: 'x' }, tags: ['a', 'b'], none: null, empty: '', flag: false },
    })
  })

  test('can drop what is left or put it in one place', () => {
    expect(dataOf(map({}, { a: 1 }, { rest: 'drop' }))).toBeUndefined()
    expect(dataOf(map({}, { a: 1 }, { rest: { into: 'original' } }))).toEqual({ original: { a: 1 } })
  })

  test('overwrites nothing where a left value has the name of a mapped one', () => {
    expect(
      dataOf(map({ 'data.sql': 'text' }, { text: 'select 1', sql: 'other', sql_original: 'third' })),
    ).toEqual({
      sql: 'select 1',
      sql_original: 'other',
      sql_original_original: 'third',
    })
  })

  test('takes the first path that has a value, and keeps the others', () => {
    const fields = { 'data.sql': ['query', 'statement'] }
    expect(dataOf(map(fields, { query: '', statement: 'b' }))).toEqual({ sql: 'b', query: '' })
    expect(dataOf(map(fields, { query: 'a', statement: 'b' }))).toEqual({ sql: 'a', statement: 'b' })
    expect(dataOf(map(fields, {}))).toBeUndefined()
  })

  test('finds keys that have dots, elements of lists, and on request any case of letters', () => {
    const record = {
      labels: { 'app.io/name': 'shop', app: { io: 1 } },
      list: [{ x: 'y' }],
      MiXed: { Key: 'k' },
    }
    const fields = { 'data.app': 'labels.app.io/name', 'data.first': 'list.0.x', 'data.mixed': 'mixed.KEY' }
    expect(dataOf(map(fields, record))).toMatchObject({ app: 'shop', first: 'y', MiXed: { Key: 'k' } })
    expect(dataOf(map(fields, record, { ignoreCase: true }))).toEqual({
      app: 'shop',
      first: 'y',
      mixed: 'k',
      labels: { app: { io: 1 } },
      list: [{ x: 'y' }],
    })
    expect(dataOf(map({ 'data.n': 'list.length', 'data.p': 'constructor.name' }, record))).not.toHaveProperty(
      'n',
    )
  })

  test('turns values by a table, and keeps one that is not in it', () => {
    const outcome = {
      from: 'result',
      values: { ok: 'success', '7': 'denied' },
      otherwise: 'failure',
      default: 'success',
    }
    expect(map({ outcome }, { result: 'ok' })).toEqual({
      type: 'query',
      occurredAt: time,
      actor: { type: 'user', name: 'Ann' },
      outcome: 'success',
    })
    expect(map({ outcome }, { result: 7 })).toMatchObject({ outcome: 'denied' })
    expect(map({ outcome }, { result: 'strange' })).toMatchObject({
      outcome: 'failure',
      data: { result: 'strange' },
    })
    expect(map({ outcome }, {})).toMatchObject({ outcome: 'success' })
    expect(map({ outcome: { from: 'result', values: { ok: 'success' } } }, { result: 'bad' })).toEqual([
      { path: 'outcome', message: '"bad" is not in the table of values, which has no otherwise' },
    ])
  })

  test('converts to numbers, booleans, JSON and types of events, or says what it cannot', () => {
    const fields = {
      'data.ms': { from: 's', as: 'number', factor: 1000 },
      'data.flag': { from: 'f', as: 'boolean' },
      'data.json': { from: 'j', as: 'json' },
      'data.text': { from: 'n', as: 'text' },
      type: { from: 'action', as: 'event_type' },
    }
    expect(
      map(fields, { s: '1.5', f: 'Yes', j: '{"a":[1763805600123456789]}', n: 12, action: 'iam:CreateUser' }),
    ).toEqual({
      type: 'iam_create_user',
      occurredAt: time,
      actor: { type: 'user', name: 'Ann' },
      data: {
        ms: 1500,
        flag: true,
        json: { a: ['1763805600123456789'] },
        text: '12',
        action: 'iam:CreateUser',
      },
    })
    expect(map(fields, { s: '1,5', f: 'maybe', j: '{', action: 'x' })).toEqual([
      { path: 'data.ms', message: '"1,5" is no number' },
      { path: 'data.flag', message: '"maybe" is no boolean' },
      { path: 'data.json', message: '"{" is no JSON' },
    ])
    expect(map({ 'data.n': { from: 'n', as: 'number' } }, { n: '9007199254740993' })).toEqual([
      { path: 'data.n', message: expect.stringContaining('cannot be kept exactly') },
    ])
  })

  test('keeps the original of a time that an event cannot hold', () => {
    const fields = { occurredAt: { from: 'ns', time: 'epoch-ns' } }
    expect(map(fields, { ns: '1763805600123456789' })).toMatchObject({
      occurredAt: '2025-11-22T10:00:00.123456Z',
      data: { ns: '1763805600123456789' },
    })
    expect(dataOf(map(fields, { ns: '1763805600123456000' }))).toEqual({ time })
  })

  test('fills templates, and targets where the record has them', () => {
    const fields = {
      'actor.name': { template: '{first} {last}' },
      'targets[0].type': { value: 'table' },
      'targets[0].name': 'table',
      'targets[1].type': { value: 'warehouse' },
      'targets[1].id': 'wh',
    }
    expect(map(fields, { first: 'Ann', last: 'Lee', wh: 9 })).toMatchObject({
      actor: { name: 'Ann Lee' },
      targets: [{ type: 'warehouse', id: '9' }],
    })
    expect(map(fields, { last: 'Lee' })).not.toHaveProperty('targets')
    expect(map(fields, { last: 'Lee' })).toMatchObject({ actor: { name: 'Lee' } })
  })

  test('makes an id of a foreign one, the same each time, and takes a UUID as it is', () => {
    const id = '0193A1B2-0000-7000-8000-000000000001'
    expect(map({ id: 'id' }, { id })).toMatchObject({ id })
    const first = map({ id: 'id' }, { id: 'job_7' })
    expect(first).toEqual(map({ id: 'id' }, { id: 'job_7' }))
    expect(first).toMatchObject({ id: expect.stringMatching(/^[0-9a-f-]{36}$/), data: { id: 'job_7' } })
    expect(first).not.toMatchObject({ id: (map({ id: 'id' }, { id: 'job_8' }) as { id: string }).id })
  })

  test('keeps names that are dangerous in JavaScript as ordinary names', () => {
    const record = JSON.parse('{"__proto__": {"a": 1}, "constructor": "x", "toString": 1}') as ForeignRecord
    const draft = JSON.stringify(map({ 'data.hasOwnProperty': 'constructor' }, { ...record }))
    expect(draft).toContain('"hasOwnProperty":"x"')
    const mapping = parseMapping({ fields: base }, new Map(), 'test.json')
    const whole = JSON.parse(
      '{"who":"Ann","time":"2026-11-22T10:00:00Z","__proto__":{"a":1}}',
    ) as ForeignRecord
    expect(JSON.stringify(mapRecord(whole, mapping, 'source'))).toContain('"data":{"__proto__":{"a":1}}')
  })
})

describe('a mapping file', () => {
  test('has every fault named with its path', () => {
    const fields = {
      type: { value: 'query', from: 'x' },
      occurredAt: { from: 'time', time: 'epoch', zone: 'Nowhere/There' },
      'actor.name': { from: [] },
      'data.x': { from: 'x', as: 'integer' },
      'data.t': { template: 'no name' },
      'data.y': 7,
      'data.z': { from: 'z', colour: 'red' },
    }
    const faults = faultsOf({ fields, rest: 'keep', more: 1 })
    for (const path of [
      'fields.type',
      'fields.occurredAt.time',
      'fields.occurredAt.zone',
      'fields["actor.name"].from',
      'fields["data.x"].as',
      'fields["data.t"].template',
      'fields["data.y"]',
      'fields["data.z"].colour',
      'rest',
      'more',
    ]) {
      expect(
        faults.filter((fault) => fault.startsWith(`${path} `)),
        path,
      ).not.toHaveLength(0)
    }
  })

  test('has to fill what every event needs, with values that an event can have', () => {
    expect(faultsOf({ fields: {} })).toEqual([
      'fields["type"] is missing: every event needs it',
      'fields["occurredAt"] is missing: every event needs it',
      'fields["actor.type"] is missing: every event needs it',
      'fields need one of actor.id, actor.name and actor.email',
    ])
    const fields = {
      ...base,
      'actor.type': { value: 'human' },
      outcome: { from: 'x', values: { ok: 'fine' }, otherwise: 'bad' },
      'actor.nick': 'x',
      id: { from: 'x', as: 'number' },
      'data.a': 'x',
      'data.a.b': 'y',
      'targets[1].name': 'z',
    }
    const faults = faultsOf({ fields })
    expect(faults).toContainEqual(expect.stringMatching(/^fields\["actor\.nick"\] is no field of an event/))
    expect(faults).toContain('fields["id"].as has no meaning here: the field has a form of its own')
    expect(faults).toContain('fields["data.a.b"] stands below data.a, which has a value itself')
    expect(faults).toContain('fields["outcome"].values.ok must be one of success, failure, denied')
    expect(faults).toContain('fields["outcome"].otherwise must be one of success, failure, denied')
    expect(faults).toContainEqual(
      expect.stringMatching(/^fields\["actor\.type"\]\.value must be one of user/),
    )
    expect(faults).toContain('fields["targets[1]"] leaves a gap in the list of targets')
    expect(faults).toContain('fields["targets[1].type"] is missing: every target needs it')
  })

  test('is completed by constants', () => {
    const { type: _type, ...fields } = base
    expect(faultsOf({ fields })).toHaveLength(1)
    expect(faultsOf({ fields }, ['type=query'])).toEqual([])
    for (const text of ['type', '=x', 'colour=red', 'targets=x']) {
      expect(() => parseConstants([text])).toThrow(`--set ${text} is not understood`)
    }
    expect(parseConstants(['data.a=b=c', 'data.b=']).get('data.a')).toBe('b=c')
  })

  test.each(presetNames)('the preset %s is one', (name) => {
    expect(faultsOf(mappingPresets[name])).toEqual([])
  })
})

test('the presets read a row of what they are for', () => {
  const read = (name: (typeof presetNames)[number], record: ForeignRecord) =>
    mapRecord(record, parseMapping(mappingPresets[name], new Map(), name), 'x')
  const snowflake = {
    QUERY_ID: '01b71944-0001-8181-0003-64fe0002c0de',
    QUERY_TEXT: 'select 1',
    USER_NAME: 'ANN',
    EXECUTION_STATUS: 'SUCCESS',
    START_TIME: '2026-11-22 10:00:00.123 -0800',
    TOTAL_ELAPSED_TIME: '12',
    ROLE_NAME: 'ANALYST',
  }
  expect(read('snowflake', snowflake)).toEqual({
    id: '01b71944-0001-8181-0003-64fe0002c0de',
    type: 'query',
    occurredAt: '2026-11-22T18:00:00.123Z',
    actor: { type: 'user', id: 'ANN', name: 'ANN' },
    outcome: 'success',
    data: { sql: 'select 1', dialect: 'snowflake', login: 'ANN', durationMs: 12, ROLE_NAME: 'ANALYST' },
  })
  const bigquery = {
    creation_time: '2026-11-22 10:00:00.123456 UTC',
    user_email: 'ann@acme.com',
    job_id: 'bquxjob_1',
    query: 'select 1',
    error_result: { reason: 'invalidQuery', location: 'query', message: 'Syntax error' },
  }
  expect(read('bigquery', bigquery)).toMatchObject({
    outcome: 'failure',
    actor: { email: 'ann@acme.com' },
    data: { error: { code: 'invalidQuery', message: 'Syntax error' }, error_result: { location: 'query' } },
  })
  expect(read('bigquery', { ...bigquery, error_result: null })).toMatchObject({ outcome: 'success' })
  const clickhouse = {
    type: 'ExceptionWhileProcessing',
    query_start_time_microseconds: '2026-11-22 10:00:00.123456',
    user: 'ann',
    query: 'select 1',
    exception: 'Memory limit exceeded',
    address: '::ffff:10.0.0.9',
  }
  expect(read('clickhouse', clickhouse)).toMatchObject({
    occurredAt: '2026-11-22T10:00:00.123456Z',
    outcome: 'failure',
    data: { error: { message: 'Memory limit exceeded' } },
    context: { ip: '::ffff:10.0.0.9' },
  })
})
