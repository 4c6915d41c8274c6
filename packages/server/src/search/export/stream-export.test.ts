import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { describe, expect, test } from 'vitest'
import type { EventLines } from '../../store/event-store.ts'
import { toLines } from './event-lines.ts'
import { exportFormats, type ExportFormat } from './export-formats.ts'
import { collect, makeOptions, makeQuery, pagesOf } from './testing/export-events.ts'
import { readXmlParts } from './testing/read-workbook.ts'

const formats: ExportFormat[] = ['xlsx', 'csv', 'jsonl']

type Source = { pages: AsyncGenerator<EventLines>; pulled: () => number; isClosed: () => boolean }

/** Pages of different, hardly compressible events; counts how many were asked for. */
function makeSource(pageCount: number, pageEvents: number): Source {
  let pulled = 0
  let closed = false
  const pages = (async function* () {
    try {
      for (; pulled < pageCount;) {
        pulled++
        yield toLines(Array.from({ length: pageEvents }, (_, i) => makeEventNumber(pulled * pageEvents + i)))
      }
    } finally {
      closed = true
    }
  })()
  return { pages, pulled: () => pulled, isClosed: () => closed }
}

function makeEventNumber(sequence: number): StoredEvent {
  const noise = Array.from({ length: 20 }, (_, i) => Math.imul(sequence + i, 0x9e3779b1).toString(36)).join(
    ' ',
  )
  return makeQuery(sequence, `select * from sales.orders where note = '${noise}'`)
}

describe.each(formats)('%s', (format) => {
  const { encode } = exportFormats[format]

  test('the first bytes come after the first page, long before the last', async () => {
    const source = makeSource(50, 100)
    const bytes = encode(source.pages, makeOptions())
    expect(source.pulled()).toBe(0)
    const first = await bytes.next()
    expect(first.value?.length).toBeGreaterThan(0)
    expect(source.pulled()).toBe(1)
    await bytes.return(undefined)
  })

  test('nothing more is read while nobody takes the bytes', async () => {
    const source = makeSource(1000, 100)
    const bytes = encode(source.pages, makeOptions())
    for (let i = 0; i < 5; i++) await bytes.next()
    const pulled = source.pulled()
    // Any work under way in the background would end in this time and pull the next page.
    await sleep(100)
    expect(source.pulled()).toBe(pulled)
    expect(pulled).toBeLessThan(200)
    await bytes.return(undefined)
  })

  test('whoever goes away closes the source', async () => {
    const source = makeSource(1000, 100)
    let bytes = 0
    for await (const chunk of encode(source.pages, makeOptions())) {
      bytes += chunk.length
      if (bytes > 100_000) break
    }
    expect(source.isClosed()).toBe(true)
    expect(source.pulled()).toBeLessThan(200)
  })

  test('whoever goes away before the first byte closes the source as well', async () => {
    const source = makeSource(1000, 100)
    const bytes = encode(source.pages, makeOptions())
    await bytes.next()
    await bytes.return(undefined)
    expect(source.isClosed()).toBe(true)
  })

  test('a failure in the middle is thrown, and what came before is no whole file', async () => {
    const chunks: Uint8Array[] = []
    const failing = (async function* () {
      yield* makeSource(30, 100).pages
      throw new Error('the engine went away')
    })()
    const reading = async (): Promise<void> => {
      for await (const chunk of encode(failing, makeOptions())) chunks.push(chunk)
    }
    await expect(reading()).rejects.toThrow('the engine went away')
    expect(chunks.length).toBeGreaterThan(0)
    if (format === 'xlsx') expect(() => readXmlParts(Buffer.concat(chunks))).toThrow(/directory|out of range/)
  })

  test('a failure of the first page is thrown before any byte', async () => {
    const failing: AsyncIterable<EventLines> = {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('no engine')) }),
    }
    await expect(encode(failing, makeOptions()).next()).rejects.toThrow('no engine')
  })

  test('200,000 events for a slow reader take no more memory than the first 20,000', async () => {
    const collectGarbage = exposeGc()
    const source = makeSource(200, 1000)
    /** Bytes in use after each tenth page. */
    const used: number[] = []
    let bytes = 0
    for await (const chunk of encode(source.pages, makeOptions())) {
      bytes += chunk.length
      await sleep(0)
      if (source.pulled() / 10 <= used.length) continue
      collectGarbage()
      const { heapUsed, arrayBuffers } = process.memoryUsage()
      used.push(heapUsed + arrayBuffers)
    }
    expect(source.pulled()).toBe(200)
    expect(bytes).toBeGreaterThan(10_000_000)
    expect(used.length).toBeGreaterThan(15)
    expect(Math.max(...used.slice(2)) - Math.max(...used.slice(0, 2))).toBeLessThan(8_000_000)
  })

  test('the pages may have any length, also none', async () => {
    const events = Array.from({ length: 50 }, (_, i) => makeEventNumber(i))
    const whole = await collect(encode(pagesOf(events, 50), makeOptions()))
    const uneven = (async function* (): AsyncGenerator<EventLines> {
      yield toLines([])
      yield toLines(events.slice(0, 1))
      yield toLines([])
      yield toLines(events.slice(1, 30))
      yield toLines(events.slice(30))
      yield toLines([])
    })()
    expect((await collect(encode(uneven, makeOptions()))).equals(whole)).toBe(true)
  })
})

/** A garbage collection on demand. */
function exposeGc(): () => void {
  setFlagsFromString('--expose-gc')
  const gc: unknown = runInNewContext('gc')
  if (typeof gc !== 'function') throw new Error('This Node has no gc to expose.')
  return () => {
    gc()
  }
}
