import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { filterLimits, type Filter, type Pattern } from '@aleph-audit-log/domain/filter/filter'
import { matchesFilter } from '@aleph-audit-log/domain/filter/match-filter'
import { parseFilter } from '@aleph-audit-log/domain/filter/parse-filter'
import { printTerm } from '@aleph-audit-log/domain/filter/print-filter'
import { quote } from '@aleph-audit-log/domain/filter/quote'
import { toSearchText } from '@aleph-audit-log/domain/search-text'
import { toSearchableEvent } from '@aleph-audit-log/domain/searchable-event'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openEmbeddedEngine } from './embedded-engine.ts'
import type { Engine } from './engine.ts'
import { toEventRow } from './event-row.ts'
import { migrateEngine } from './migrate-engine.ts'
import { renderFilter } from './render-filter.ts'
import { RowBuffer } from './row-buffer.ts'
import { makeRandomEvents, pool } from './testing/random-events.ts'
import { makeRandomFilters } from './testing/random-filters.ts'

// Told in every failure: put it here to see the same events and filters again.
const seed = Date.now() % 2 ** 31

let dir: string
let engine: Engine
const events = makeRandomEvents(300, seed)
const searchableEvents = events.map((event) => ({
  sequence: event.position.sequence,
  searchable: toSearchableEvent(event),
}))

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'render-filter-'))
  engine = await openEmbeddedEngine({
    path: dir,
    memoryBytesMax: 700_000_000,
    queryMemoryBytesMax: 400_000_000,
    queryTimeMs: { apply: 60_000, interactive: 60_000, long: 60_000 },
  })
  await migrateEngine(engine)
  await engine.insertRows('events', RowBuffer.of(events.map(toEventRow)))
})

afterAll(async () => {
  await engine.close()
  await rm(dir, { recursive: true, force: true })
})

/** The sequences of the events that match, by the plain reference. */
function findByReference(filter: Filter): string {
  return searchableEvents
    .filter(({ searchable }) => matchesFilter(filter, searchable))
    .map(({ sequence }) => sequence)
    .join()
}

function renderAll(filters: readonly Filter[]): { sqls: string[]; params: Record<string, unknown> } {
  const rendered = filters.map((filter, i) => renderFilter(filter, `f${i}_`))
  return {
    sqls: rendered.map(({ sql }) => sql),
    params: Object.assign({}, ...rendered.map(({ params }) => params)),
  }
}

/** The same by the engine, with all filters evaluated for every row: nothing is pruned. */
async function evaluateByEngine(filters: readonly Filter[]): Promise<string[]> {
  const { sqls, params } = renderAll(filters)
  const lines = await engine.queryLines(
    'interactive',
    `SELECT arrayStringConcat(arraySort(groupArrayIf(sequence, matches)), ',')
     FROM events ARRAY JOIN [${sqls.join(',\n')}] AS matches, range(${sqls.length}) AS filter_index
     GROUP BY filter_index ORDER BY filter_index`,
    params,
  )
  return lines
}

/** The same by the engine as a WHERE, where it may skip partitions and granules. */
async function searchByEngine(filters: readonly Filter[]): Promise<string[]> {
  const { sqls, params } = renderAll(filters)
  const queries = sqls.map(
    (sql, i) =>
      `SELECT ${i} AS filter_index, arrayStringConcat(arraySort(groupArray(sequence)), ',') AS found FROM events WHERE ${sql}`,
  )
  const query = `SELECT found FROM (${queries.join('\nUNION ALL\n')}) ORDER BY filter_index`
  return engine.queryLines('interactive', query, params)
}

async function expectAgreement(
  filters: readonly Filter[],
  batchSize: number,
  find: (filters: readonly Filter[]) => Promise<string[]>,
): Promise<{ matching: number }> {
  let matching = 0
  for (let start = 0; start < filters.length; start += batchSize) {
    const batch = filters.slice(start, start + batchSize)
    const found = await find(batch)
    expect(found).toHaveLength(batch.length)
    for (const [i, filter] of batch.entries()) {
      const expected = findByReference(filter)
      if (found[i] !== expected) {
        expect.fail(
          `seed ${seed}: ${JSON.stringify(filter)}\nas ${JSON.stringify(renderFilter(filter))}\n` +
            `engine    ${found[i]}\nreference ${expected}`,
        )
      }
      if (expected !== '' && expected.split(',').length < events.length) matching++
    }
  }
  return { matching }
}

function renderName(text: string): string {
  return renderFilter({ kind: 'field', field: 'name', pattern: { parts: [text, 'x', text] } }).sql
}

describe('the engine finds what the reference filter finds', () => {
  test('for thousands of random filters, evaluated on every row', async () => {
    const filters = makeRandomFilters(3000, seed)
    const { matching } = await expectAgreement(filters, 100, evaluateByEngine)
    expect(matching).toBeGreaterThan(filters.length / 2)
  })

  test('for random filters as a WHERE, where parts may be skipped', async () => {
    await expectAgreement(makeRandomFilters(400, seed + 1), 50, searchByEngine)
  })

  test('for every text of the pool in quotes, as a word and as a value', async () => {
    const searches = pool.texts
      .filter((text) => text !== '')
      .flatMap((text) => [
        quote(text),
        `-${quote(text)}`,
        printTerm('name', text),
        printTerm('data.region', text),
        `name:*${quote(text)}*`,
      ])
    await expectAgreement(searches.map(parseFilter), 100, evaluateByEngine)
  })

  test('for many texts at one path, as rules ask for them', async () => {
    const texts = pool.texts.filter((text) => text !== '').map(toSearchText)
    const all = new Set(searchableEvents.flatMap(({ searchable }) => searchable.dataPaths))
    const paths = [...all].slice(0, 4)
    const manners: readonly ((text: string, i: number) => [string, ...string[]])[] = [
      (text) => [text],
      (text) => ['', text, ''],
      (text, i) => ['', text, texts[(i * 7) % texts.length] ?? '', ''],
      (text) => [text.slice(0, 2), text.slice(2)],
      (text) => ['', 'nowhere', text, text, text, text, text, text, text],
    ]
    const filters = paths.flatMap((path, n) =>
      manners.flatMap((partsOf): Filter[] =>
        [3, 9, texts.length].map((size): Filter => {
          const some = Array.from({ length: size }, (_, i) => texts[(n * 11 + i) % texts.length] ?? '')
          return {
            kind: 'or',
            terms: some.map((text, i): Filter => ({
              kind: 'data',
              path,
              pattern: { parts: partsOf(text, i) },
            })),
          }
        }),
      ),
    )
    const { matching } = await expectAgreement(filters, 20, evaluateByEngine)
    expect(matching).toBeGreaterThan(filters.length / 10)
  })

  test('for an event under each exact number that it holds', async () => {
    const filters = pool.numbers.flatMap((value): Filter[] => [
      { kind: 'number', field: 'rows', range: { min: value, max: value } },
      { kind: 'number', field: 'rows', range: { min: value, minOpen: true } },
    ])
    const { matching } = await expectAgreement(filters, 100, evaluateByEngine)
    expect(matching).toBeGreaterThan(pool.numbers.length)
  })
})

describe('a rendered filter', () => {
  test('names values and never holds them', () => {
    const texts = pool.texts.filter((one) => /\S\W|\W\S/.test(one) && !one.startsWith('{filter_'))
    for (const text of texts) {
      const { sql, params } = renderFilter({
        kind: 'and',
        terms: [
          { kind: 'text', pattern: { parts: [text] } },
          { kind: 'field', field: 'table', pattern: { parts: [text, text] } },
          { kind: 'data', path: text, pattern: { parts: [text, ''] } },
          { kind: 'dataNumber', path: text, range: { min: 123_456 } },
        ],
      })
      expect(sql).not.toContain(text.slice(0, 100))
      expect(sql).not.toContain('123456')
      expect(sql).toMatch(/^[\w\s().,{}:>=<!'-]+$/)
      expect(Object.values(params)).toContain(text)
    }
  })

  test('is the same text for other values, so that a value cannot change its meaning', () => {
    for (const text of pool.texts.filter((one) => one !== ''))
      expect(renderName(text)).toBe(renderName('plain'))
  })

  test('leaves the table as it was, whatever was typed', async () => {
    const attacks = [
      "'; DROP TABLE events; --",
      "') OR (1=1",
      '{f0_0:String}',
      '\\',
      "\\'",
      '" OR 1',
      '\0',
      '%',
      '_',
    ]
    const filters = attacks.flatMap((text) =>
      ['name', 'table', 'id', 'data.region'].flatMap((name): Filter[] => {
        const pattern: { parts: [string] } = { parts: [text] }
        if (name === 'data.region') return [{ kind: 'data', path: text, pattern }]
        return [
          { kind: 'field', field: name === 'name' ? 'name' : name === 'table' ? 'table' : 'id', pattern },
        ]
      }),
    )
    await expectAgreement(filters, 100, searchByEngine)
    expect(await engine.queryLines('interactive', 'SELECT count() FROM events')).toEqual([
      String(events.length),
    ])
  })

  test('of the largest search that is read is one that the engine takes', async () => {
    const { termsMax, parenthesesDepthMax, wildcardsMax, textUnitsMax } = filterLimits
    const word = 'a*'.repeat(wildcardsMax)
    const nested = `${'-(z OR '.repeat(parenthesesDepthMax)}x${')'.repeat(parenthesesDepthMax)}`
    const searches = [
      Array.from({ length: termsMax }, (_, i) => `-${i}y*z`).join(' '),
      Array.from({ length: termsMax }, (_, i) => `data.key${i}:v*${i}z*`).join(' OR '),
      Array.from({ length: 300 }, () => word).join(' '),
      nested,
      'é'.repeat(textUnitsMax),
      `name:${`*${'é'.repeat(800)}`.repeat(wildcardsMax)}`,
      `*${'😀'.repeat(4000)}*x`,
    ].map(parseFilter)
    for (const filter of searches) await expectAgreement([filter], 1, searchByEngine)
  })

  test('of the texts at one path that a rule has room for is one that the engine takes', async () => {
    const letters = Array.from({ length: 36 }, (_, i) => i.toString(36))
    const pieces = (i: number, count: number): string[] =>
      Array.from({ length: count }, (_, j) => `${letters[(i + j) % 36]}${letters[(i * 7 + j * 5) % 36]}`)
    const rules: readonly Pattern['parts'][][] = [
      Array.from({ length: 500 }, (_, i) => ['', ...pieces(i, 20), '']),
      Array.from({ length: 501 }, (_, i) => ['', ...pieces(i, 2), '']),
      Array.from({ length: 60 }, (_, i) => ['', `${letters[i % 36]}${'é'.repeat(500)}`, 'z', '']),
      Array.from({ length: 10 }, (_, i) => ['', '😀'.repeat(1000 + i), '']),
      Array.from({ length: 200 }, (_, i) => ['', `{${i},}`, `{${10 * i}}`, '']),
    ]
    for (const patterns of rules) {
      const terms = patterns.map((parts): Filter => ({ kind: 'data', path: 'region', pattern: { parts } }))
      await expectAgreement([{ kind: 'or', terms }], 1, searchByEngine)
    }
  })
})

test('what is cheap to ask stands first, whatever the order in which it was written', () => {
  const { sql } = renderFilter(
    parseFilter('-data.sql:*secret* tag:pii payroll kind:export (type:query OR data.rows:3)'),
  )
  const places = ['kind =', 'has(tags', 'NOT ', 'search_text LIKE', 'type ='].map((part) => sql.indexOf(part))
  expect(places).not.toContain(-1)
  expect(places).toEqual(places.toSorted((a, b) => a - b))
})
