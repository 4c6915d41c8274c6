import { randomUUID } from 'node:crypto'
import type {
  BacktestResponse,
  DetectionRuleList,
  DetectionRuleResponse,
} from '@aleph-audit-log/domain/api/detection-rules'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../testing/test-server.ts'
import { ruleSource } from './testing/alert-paths.ts'

const passwordSpraying = '15b16b2c-f2c1-48d2-9c4a-9f176442386a'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ shippedRules: true })
})
afterAll(async () => {
  await server?.remove()
})

const send = async (method: string, path: string, body?: unknown): Promise<Response> =>
  server.api(`/api/v1/detection-rules${path}`, {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  })
/** The answer's body, as the API's contract says. */
const read = async <T>(answer: Promise<Response> | Response): Promise<T> => (await (await answer).json()) as T
const problemsOf = async (answer: Response): Promise<[number, string[]]> => {
  const { errors = [] } = await read<{ errors?: { path: string; message: string }[] }>(answer)
  return [answer.status, errors.map(({ path, message }) => `${path}: ${message}`)]
}

test('shipped rules are listed, can be read as they are written, and are switched off and on', async () => {
  const { rules } = await read<DetectionRuleList>(send('GET', ''))
  const found = rules.find(({ id }) => id === passwordSpraying)
  expect(found).toMatchObject({
    title: 'Password spraying',
    level: 'high',
    origin: 'shipped',
    isShipped: true,
    enabled: true,
    shown: true,
    problems: [],
    alerts: 0,
  })
  const one = await read<DetectionRuleResponse>(send('GET', `/${passwordSpraying}`))
  expect(one.rule).toEqual(found)
  expect(one.source).toMatch(/^title: Password spraying\nid: 15b16b2c/)
  expect(one.source).not.toContain('---')
  const off = await read<DetectionRuleResponse>(
    send('PATCH', `/${passwordSpraying}`, { enabled: false, exclusions: 'ip:10.0.0.0/8' }),
  )
  expect(off.rule).toMatchObject({ enabled: false, exclusions: 'ip:10.0.0.0/8', origin: 'shipped' })
  expect((await send('DELETE', `/${passwordSpraying}`)).status).toBe(204)
  expect((await read<DetectionRuleResponse>(send('GET', `/${passwordSpraying}`))).rule).toEqual(found)
  expect((await send('DELETE', `/${passwordSpraying}`)).status).toBe(404)
  const [last, first] = await server.find('type:detection_rule_changed', 2)
  expect(first).toMatchObject({
    data: {
      title: 'Password spraying',
      before: { enabled: true, exclusions: '' },
      after: { enabled: false, exclusions: 'ip:10.0.0.0/8' },
    },
  })
  expect(last).toMatchObject({ data: { after: 'as it is shipped' } })
})

test('a shipped rule is written anew under its id alone', async () => {
  const { source } = await read<DetectionRuleResponse>(send('GET', `/${passwordSpraying}`))
  const own = source.replace('title: Password spraying', 'title: Spraying here')
  const changed = await read<DetectionRuleResponse>(send('PATCH', `/${passwordSpraying}`, { source: own }))
  expect(changed).toMatchObject({
    source: own,
    rule: { title: 'Spraying here', origin: 'workspace', isShipped: true },
  })
  const [status, problems] = await problemsOf(
    await send('PATCH', `/${passwordSpraying}`, { source: ruleSource('other') }),
  )
  expect([status, problems[0]]).toEqual([400, expect.stringContaining('must keep the id')])
  await send('DELETE', `/${passwordSpraying}`)
})

test('a rule of the workspace is added, tried on the past and deleted', async () => {
  const id = randomUUID()
  const source = ruleSource('tried', id).replace('title: Rule tried', 'title: Tried things')
  const occurredAt = new Date(Date.now() - 3_600_000).toISOString()
  const sent = { type: 'tried', actor: { type: 'user', email: 'ann@acme.test' }, occurredAt }
  await server.post('/api/v1/events', { events: [sent, sent] })
  await server.find('type:tried', 2)
  const tried = await read<BacktestResponse>(send('POST', '/backtest', { source }))
  expect(tried).toMatchObject({ total: 1, truncated: false, alerts: [{ eventCount: 2, group: [] }] })
  expect(tried.byDay.reduce((sum, { alerts }) => sum + alerts, 0)).toBe(1)
  const excluded = { source, exclusions: 'actor:ann@acme.test' }
  expect(await read<BacktestResponse>(send('POST', '/backtest', excluded))).toMatchObject({ total: 0 })
  expect((await send('GET', `/${id}`)).status).toBe(404)
  const made = await send('POST', '', { source })
  expect(made.status).toBe(201)
  expect(await read<DetectionRuleResponse>(made)).toMatchObject({
    source,
    rule: { id, origin: 'workspace', isShipped: false, enabled: true },
  })
  expect((await send('POST', '', { source })).status).toBe(409)
  expect((await send('DELETE', `/${id}`)).status).toBe(204)
  expect((await send('GET', `/${id}`)).status).toBe(404)
  await server.find('type:detection_rule_tried', 2)
  await server.find('type:detection_rule_deleted', 1)
})

test('what cannot be read is refused with line and column, and what clashes with others by name', async () => {
  const good = ruleSource('bad')
  expect(
    await problemsOf(await send('POST', '', { source: good.replace('level: low', 'level: lo') })),
  ).toEqual([400, [expect.stringMatching(/^source: Line 4, column \d+: /)]])
  expect(await problemsOf(await send('POST', '', { source: `${good}---\n${ruleSource('two')}` }))).toEqual([
    400,
    ['source: Line 1, column 1: must be one rule'],
  ])
  const sameName = good.replace('status: test', 'name: password_spraying')
  const [status, problems] = await problemsOf(await send('POST', '/backtest', { source: sameName }))
  expect([status, problems.join()]).toEqual([
    400,
    expect.stringContaining('"Password spraying" has the same name'),
  ])
  const exclusions = { source: good, exclusions: 'actr:x' }
  expect((await problemsOf(await send('POST', '/backtest', exclusions)))[1][0]).toMatch(/^exclusions: /)
})
