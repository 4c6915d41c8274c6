import { setTimeout as delay } from 'node:timers/promises'
import { isAuditError } from '@aleph-audit-log/domain/error'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Engine } from '../engine.ts'
import { RowBuffer } from '../row-buffer.ts'

/** Far longer than any test lasts, without an answer before its end. */
const endless = 'SELECT sum(sipHash64(number, {salt:String})) FROM numbers(1000000000000)'
const patience = { timeout: 20_000 }
/** As many as the widest lane of any engine has, so that each of its connections is taken. */
const connectionsMax = 8

/** What every engine must do beside answering SQL; run for each. */
export function describeEngine(name: string, open: () => Promise<Engine>): void {
  describe(`the engine (${name})`, () => {
    let engine: Engine
    beforeAll(async () => {
      engine = await open()
      await engine.command('apply', 'CREATE TABLE numbers_kept (n Float64) ENGINE = MergeTree ORDER BY n')
    })
    afterAll(async () => {
      await engine.command('apply', 'DROP TABLE numbers_kept')
      await engine.close()
    })

    const countRunning = async (): Promise<number> =>
      Number(
        (
          await engine.queryLines(
            'long',
            "SELECT count() FROM system.processes WHERE query LIKE 'SELECT sum(sipHash64%'",
          )
        )[0],
      )
    const begin = (signal: AbortSignal): Promise<unknown> =>
      engine.queryLines('interactive', endless, { salt: 'x' }, { signal }).catch((error: unknown) => error)

    it('stops what nobody waits for any more, and the lane serves others', async () => {
      const client = new AbortController()
      const answers = Array.from({ length: connectionsMax }, () => begin(client.signal))
      await vi.waitFor(async () => expect(await countRunning()).toBeGreaterThanOrEqual(2), patience)
      const leftAt = performance.now()
      client.abort()
      for (const error of await Promise.all(answers)) expect(isAuditError(error, 'unavailable')).toBe(true)
      const toldMs = performance.now() - leftAt
      // Every connection of the lane was taken: this is only answered when one of them is free again.
      expect(await engine.queryLines('interactive', 'SELECT {n:UInt8}', { n: 7 })).toEqual(['7'])
      // A query that is not stopped goes on until its limit of thirty seconds.
      expect(toldMs).toBeLessThan(10_000)
      expect(performance.now() - leftAt).toBeLessThan(15_000)
      await vi.waitFor(async () => expect(await countRunning()).toBe(0), patience)
    })

    it('never stops the next query of a connection instead', async () => {
      for (let round = 0; round < 10; round++) {
        const client = new AbortController()
        const left = Array.from({ length: connectionsMax }, () => begin(client.signal))
        const next = Array.from({ length: 20 }, (_, i) =>
          engine.queryLines('interactive', 'SELECT {n:UInt8} + sleep(0.01)', { n: i }),
        )
        await delay(round * 5)
        client.abort()
        expect(await Promise.all(next)).toEqual(Array.from({ length: 20 }, (_, i) => [String(i)]))
        await Promise.all(left)
      }
      await vi.waitFor(async () => expect(await countRunning()).toBe(0), patience)
    })

    it('does not begin what nobody waits for', async () => {
      const client = new AbortController()
      client.abort()
      expect(isAuditError(await begin(client.signal), 'unavailable')).toBe(true)
      expect(await countRunning()).toBe(0)
    })

    it('lets a query with parameters pass another that runs in another lane', async () => {
      const client = new AbortController()
      const answer = begin(client.signal)
      await vi.waitFor(async () => expect(await countRunning()).toBe(1), patience)
      for (const lane of ['apply', 'long', 'interactive'] as const) {
        expect(await engine.queryLines(lane, 'SELECT {salt:String}', { salt: lane })).toEqual([lane])
      }
      expect(await countRunning()).toBe(1)
      client.abort()
      await answer
    })

    it('takes any text as a parameter, alone and in a list', async () => {
      const texts = [
        "it's",
        'back\\slash',
        'tab\tline\nreturn\r',
        'nul\0end',
        "\\'",
        '{x:String}',
        '',
        '你好 👩‍👩‍👧',
      ]
      for (const text of texts) {
        const [line = ''] = await engine.queryLines(
          'interactive',
          'SELECT toJSONString({text:String}), toJSONString({list:Array(String)})',
          { text, list: [text, 'x', text] },
        )
        expect(line.split('\t').map((json) => JSON.parse(json))).toEqual([text, [text, 'x', text]])
      }
      expect(
        await engine.queryLines('interactive', 'SELECT length({list:Array(String)})', { list: [] }),
      ).toEqual(['0'])
    })

    it('gives numbers back to the last digit, and times in UTC', async () => {
      const numbers = [0.1, 1e23, 5e-324, 1.7976931348623157e308, 9007199254740991, 123456.789012345]
      await engine.insertRows('numbers_kept', RowBuffer.of(numbers.map((n) => ({ n }))))
      const kept = await engine.queryLines('interactive', 'SELECT n FROM numbers_kept')
      expect(new Set(kept.map(Number))).toEqual(new Set(numbers))
      expect(
        await engine.queryLines(
          'interactive',
          'SELECT toDateTime(0), toJSONString(toUInt64(9007199254740991))',
        ),
      ).toEqual(['1970-01-01 00:00:00\t9007199254740991'])
    })

    it('says what went wrong in codes that a caller can act on', async () => {
      const refused = engine.insertRows('numbers_kept', RowBuffer.of([{ n: 'no number' }]))
      await expect(refused).rejects.toMatchObject({ code: 'invalid' })
      // A column that is not there is a fault of the program, never one of the row.
      const unknownColumn = engine.insertRows('numbers_kept', RowBuffer.of([{ n: 1, m: 2 }]))
      await expect(unknownColumn).rejects.not.toMatchObject({ code: 'invalid' })
      const large = engine.queryLines('interactive', 'SELECT groupArray(number) FROM numbers(1000000000)')
      await expect(large).rejects.toMatchObject({ code: 'too_large' })
    })
  })
}
