import type { AlertContext } from '@aleph-audit-log/domain/api/alerts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeFinding, writeFindings } from '../settings/alerts/testing/write-findings.ts'
import { startInstallation, type Installation } from '../testing/installation.ts'

const hoursAgo = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString()
const query = (name: string, sql: string, hours: number, more: object = {}): object => ({
  type: 'query',
  occurredAt: hoursAgo(hours),
  actor: { type: 'user', id: name, name, email: `${name.toLowerCase()}@acme.test` },
  context: { application: 'psql' },
  data: { sql, dialect: 'snowflake' },
  ...more,
})

let installation: Installation
beforeAll(async () => {
  installation = await startInstallation()
  const events = [
    query('Ann', 'select * from hr.salaries', 60),
    query('Ann', 'select * from hr.salaries', 50, { outcome: 'failure' }),
    query('Bo', 'insert into hr.salaries values (1)', 40),
    // Of the alert itself, and after it.
    query('Cy', 'select * from hr.salaries', 2),
    query('Ann', 'select * from sales.orders', 1),
  ]
  await installation.server.post('/api/v1/events', { events })
  await installation.server.find('type:query', events.length)
})
afterAll(async () => installation?.remove())

async function contextOf(people: string[], tables: string[]): Promise<AlertContext> {
  const { settings, workspaceId, server } = installation
  const at = { firstEventAt: hoursAgo(2.5), lastEventAt: hoursAgo(2) }
  const group = [{ field: 'person', value: people.join() }]
  const finding = makeFinding({ ...at, group, people, tables })
  const [written] = await writeFindings(settings, { workspaceId, nowMs: Date.now(), findings: [finding] })
  const answer = await server.api(`/api/v1/alerts/${written?.alert.id}/context`)
  expect(answer.status).toBe(200)
  // As the contract says.
  return (await answer.json()) as AlertContext
}

test('tells what was usual before an alert, of names that rules have in lower case', async () => {
  const { people, tables } = await contextOf(['ann@acme.test', 'cy@acme.test'], ['hr.salaries'])
  expect(people).toMatchObject([
    {
      name: 'ann@acme.test',
      usage: { count: 2, failed: 1, denied: 0, tables: 1 },
      tables: ['HR.SALARIES'],
      tools: ['psql'],
    },
    { name: 'cy@acme.test', usage: { count: 0 }, tables: [], tools: [] },
  ])
  expect(tables).toMatchObject([
    {
      name: 'hr.salaries',
      usage: { count: 3, reads: 2, writes: 1, readers: 1, writers: 1 },
      readers: ['Ann'],
      writers: ['Bo'],
    },
  ])
})

test('says nothing of what no query is known of, and is recorded once', async () => {
  const { people, tables } = await contextOf(['nobody@acme.test'], ['no.table'])
  expect(people).toEqual([{ name: 'nobody@acme.test', tables: [], tools: [] }])
  expect(tables).toEqual([{ name: 'no.table', readers: [], writers: [] }])
  const [viewed] = await installation.server.find('type:alert_viewed target:"Password spraying"', 2)
  expect(viewed).toMatchObject({ actor: { type: 'api_key' }, targets: [{ type: 'alert' }] })
  await installation.server.find('type:insights_viewed', 0)
})
