import { expect, it } from 'vitest'
import { makeEvent, search } from '../../testing/sketch-events.ts'
import { openClickHouseEventStore } from '../clickhouse-event-store.ts'
import type { Engine } from '../engine.ts'
import { withTestEngine } from '../testing/test-engine.ts'

it('is answered by projections where a search asks for type, outcome and noise alone', async () => {
  await withTestEngine(async (engine) => {
    const store = await openClickHouseEventStore(engine)
    const statement = {
      kind: 'read',
      parsed: true,
      tables: [{ name: 'orders', access: 'read' }],
      fingerprint: 'f00d',
      normalized: 'select ?',
      flags: [],
    } as const
    const events = Array.from({ length: 50 }, (_, i) =>
      makeEvent({ sequence: i + 1, statement: { ...statement, tables: [...statement.tables], flags: [] } }),
    )
    await store.appendEvents(events, { mayBeThere: false })
    // The engine refuses a query for which it finds none.
    const strict: Engine = {
      ...engine,
      queryLines: async (lane, sql, params, options) => {
        const counts = sql.includes('toJSONString((') || sql.includes('bucket') || sql.includes('toDayOfWeek')
        const forced = counts && /FROM (events|event_tables)\b/.test(sql)
        return engine.queryLines(
          lane,
          forced ? `${sql} SETTINGS force_optimize_projection = 1` : sql,
          params,
          options,
        )
      },
    }
    const strictStore = await openClickHouseEventStore(strict)
    const { usage } = strictStore
    const asked = search('type:query -is:noise')
    const request = { sort: 'count', limit: 10 } as const
    expect((await usage.people(asked, request)).rows[0]?.count).toBe(50)
    expect((await usage.tables(asked, request)).rows[0]?.count).toBe(50)
    expect((await usage.queries(asked, request)).rows[0]?.count).toBe(50)
    expect((await usage.tools(asked, request)).rows[0]?.count).toBe(50)
    expect((await usage.activity(asked, 'UTC')).flat().reduce((a, b) => a + b)).toBe(50)
    expect((await strictStore.countByTime(asked, 3_600_000))[0]?.count).toBe(50)
    const raw = search('type:query duration:>1')
    await expect(usage.tools(raw, request)).rejects.toMatchObject({ clickhouseCode: 584 })
  })
})
