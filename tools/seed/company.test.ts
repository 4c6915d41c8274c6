import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readEvent, type Statement } from '@aleph-audit-log/domain/event'
import { parseFilter } from '@aleph-audit-log/domain/filter/parse-filter'
import { matchesFilter } from '@aleph-audit-log/domain/filter/match-filter'
import { toSearchableEvent } from '@aleph-audit-log/domain/searchable-event'
import { readSql } from '@aleph-audit-log/domain/sql/read-sql'
import { describe, expect, it } from 'vitest'
import { makeCompany } from './company.ts'
import { databases } from './databases.ts'
import { incidents } from './incident.ts'
import { makeTimeline } from './make-incidents.ts'
import { domain, people, personOf } from './people.ts'
import { Random } from './random.ts'
import { localTime } from './rhythm.ts'
import { toStoredEvents } from './to-stored-events.ts'

const nowMs = Date.parse('2026-11-24T12:34:56.789Z')
const events = 6000
const made = makeCompany({ seed: 'test', nowMs, events })
const manyEvents = makeCompany({ seed: 'test', nowMs, events: 20_000 })

function sortTables(tables: Statement['tables']): string[] {
  return tables
    .map(({ name, access, temporary }) =>
      // The shop's mapper leaves the schema to the search path.
      [access, name.replace(/^public\./, ''), temporary === true ? 'temporary' : ''].join(' '),
    )
    .toSorted()
}

function hashOf(seed: string, ms: number): string {
  const stored = toStoredEvents(makeCompany({ seed, nowMs: ms, events: 2000 }), {
    workspaceId: 'w',
    node: 'n',
  })
  return createHash('sha256').update(JSON.stringify(stored)).digest('hex')
}

describe('the made-up company', () => {
  it('is the same to the byte for the same seed and time, and another for others', () => {
    const first = hashOf('a', nowMs)
    expect(hashOf('a', nowMs)).toBe(first)
    expect(hashOf('b', nowMs)).not.toBe(first)
    expect(hashOf('a', nowMs - 86_400_000)).not.toBe(first)
  })

  it('has exactly as many events as asked for, in the order of their times, within 30 days', () => {
    expect(made).toHaveLength(events)
    const times = made.map(({ draft }) => draft.occurredAt)
    expect(times.toSorted()).toEqual(times)
    expect(Date.parse(times[0] ?? '')).toBeGreaterThanOrEqual(nowMs - 30 * 86_400_000)
    expect(Date.parse(times.at(-1) ?? '')).toBeLessThan(nowMs)
    expect(() => makeCompany({ seed: 'test', nowMs, events: 1999 })).toThrow(RangeError)
  })

  it('sends nothing that the product would refuse', () => {
    const options = { receivedAt: '2026-11-24T12:34:56.789000Z', createId: () => '' }
    expect(
      made.flatMap(({ draft }) => {
        const result = readEvent(draft, options)
        return Array.isArray(result) ? result : []
      }),
    ).toEqual([])
  })

  it('has forty people with names in many scripts, all at one domain that nobody can have', () => {
    expect(people).toHaveLength(40)
    expect(domain).toMatch(/\.example$/)
    expect(new Set(people.map(({ email }) => email)).size).toBe(40)
    for (const script of ['Cyrillic', 'Greek', 'Hebrew', 'Arabic', 'Han', 'Hangul', 'Devanagari', 'Thai']) {
      const has = new RegExp(`\\p{Script=${script}}`, 'u')
      expect(
        people.some(({ name }) => has.test(name)),
        script,
      ).toBe(true)
    }
  })

  it('has people who work in the day of their own time zone, unless it is an incident', () => {
    let seen = 0
    for (const { draft, incident, ms } of made) {
      const person = people.find(({ email }) => email === draft.actor.email)
      if (!person || incident !== undefined || draft.actor.type !== 'user') continue
      // The acts that set the product up are planned by the clock, not by the person.
      if (draft.context?.userAgent !== undefined) continue
      const { hour } = localTime(person.office.zone, ms)
      expect(hour, `${person.login} ${draft.occurredAt}`).toBeGreaterThanOrEqual(person.begins)
      expect(hour, `${person.login} ${draft.occurredAt}`).toBeLessThanOrEqual(person.ends)
      seen++
    }
    expect(seen).toBeGreaterThan(1500)
  })

  it('rests on Saturdays and Sundays in Berlin', () => {
    const berlin = made.filter(({ draft }) =>
      people.some((one) => one.email === draft.actor.email && one.office.city === 'Berlin'),
    )
    const resting = berlin.filter(({ ms }) => [0, 6].includes(localTime('Europe/Berlin', ms).weekday))
    expect(berlin.length).toBeGreaterThan(500)
    expect(resting.length).toBeLessThan(berlin.length / 20)
  })

  it('hears nothing of who has left, unless it is an incident', () => {
    const { leftMs } = makeTimeline({ fromMs: nowMs - 30 * 86_400_000, toMs: nowMs })
    const natcha = personOf('natcha')
    const later = made.filter(
      ({ draft, ms, incident }) =>
        incident === undefined && ms > (leftMs.get('natcha') ?? 0) && draft.actor.email === natcha.email,
    )
    expect(later).toEqual([])
  })

  it('asks at least 250 different queries, of tables that its databases have', () => {
    const templates = manyEvents.flatMap(({ template }) => template ?? [])
    expect(new Set(templates.map(({ fingerprint }) => fingerprint)).size).toBeGreaterThan(250)
    const tables = Object.values(databases).flatMap((database) => database.tables)
    const others = new Set(
      templates.flatMap((one) => one.tables.map(({ name }) => name)).filter((name) => !tables.includes(name)),
    )
    expect(
      [...others].filter(
        (name) => !/^(pg_catalog|information_schema|backup)\.|^tmp_|__dbt_tmp$|^customer_360$/.test(name),
      ),
    ).toEqual([])
    expect(new Set(templates.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(10)
  })

  it('is read by the product as it was meant: kinds, tables, and one shape for each query', () => {
    const wrong = new Set<string>()
    const shapes = new Map<string, Set<string>>()
    for (const { draft, template } of manyEvents) {
      // What fails may have been mistyped.
      if (template === undefined || draft.outcome !== undefined) continue
      const { sql, dialect } = draft.data ?? {}
      const { kind, tables, parsed, fingerprint } = readSql(String(sql), String(dialect))
      const read = JSON.stringify([kind, parsed, sortTables(tables)])
      const meant = JSON.stringify([template.kind, true, sortTables(template.tables)])
      if (read !== meant) wrong.add(`${template.text}\n  read ${read}\n meant ${meant}`)
      const ofTemplate = shapes.get(template.fingerprint) ?? new Set()
      shapes.set(template.fingerprint, ofTemplate.add(fingerprint))
    }
    expect([...wrong]).toEqual([])
    expect([...shapes.values()].filter((found) => found.size > 1)).toEqual([])
  })

  it('names the persons behind its tools, as trusted', () => {
    const stored = toStoredEvents(made, { workspaceId: 'w', node: 'n' })
    for (const tool of ['metabase', 'looker', 'redash', 'superset']) {
      const through = stored.filter(({ attribution }) => attribution?.tool === tool)
      expect(through.length, tool).toBeGreaterThan(50)
      for (const { actor, attribution, data } of through) {
        expect(attribution).toMatchObject({ trust: 'trusted', login: data?.['login'] })
        expect(people.some(({ name, email }) => actor.name === name && actor.email === email)).toBe(true)
      }
    }
    const models = stored.filter(({ attribution }) => attribution?.facts?.model !== undefined)
    expect(models.length).toBeGreaterThan(50)
    expect(new Set(models.map(({ attribution }) => attribution?.trust))).toEqual(new Set(['trusted']))
    const proven = stored.filter(({ attribution }) => attribution?.trust === 'proven')
    expect(proven.length).toBeGreaterThan(500)
  })

  it('leaves no slot of a template open', () => {
    const texts = made.flatMap(({ draft }) => String(draft.data?.['sql'] ?? ''))
    expect(texts.filter((text) => /(?<![$:])\{[a-z]\w*\}/i.test(text))).toEqual([])
    expect(texts.filter((text) => text.includes('undefined') || text.includes('NaN'))).toEqual([])
  })

  it('tells where a number stands that copies may change', () => {
    const places = made.flatMap(({ draft, literal }) =>
      literal ? [String(draft.data?.['sql']).slice(literal.start, literal.end)] : [],
    )
    expect(places.length).toBeGreaterThan(events / 3)
    expect(places.filter((text) => !/^[1-9]\d+$/.test(text))).toEqual([])
  })

  it.each([
    [events, '2026-11-24T12:34:56.789Z'],
    [2000, '2026-11-22T23:59:59Z'],
    // Clocks have just been put forward in Berlin; it is Monday in Tokyo.
    [2000, '2027-03-28T16:30:00Z'],
    [2000, '2028-02-29T00:00:00Z'],
  ])('hides each incident so that its search finds exactly it: %i events until %s', (count, now) => {
    const company = makeCompany({ seed: 'test', nowMs: Date.parse(now), events: count })
    const searchable = toStoredEvents(company, { workspaceId: 'w', node: 'n' }).map(toSearchableEvent)
    for (const { findings } of Object.values(incidents)) {
      for (const { search, count: expected } of findings) {
        const filter = parseFilter(search)
        expect(searchable.filter((event) => matchesFilter(filter, event)).length, search).toBe(expected)
      }
    }
  })
})

describe('docs/demo.md', () => {
  it('tells each search with the number of its events', async () => {
    const text = await readFile(join(import.meta.dirname, '..', '..', 'docs', 'demo.md'), 'utf8')
    const told = text
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .map((line) => line.split('|').map((cell) => cell.trim()))
    const documented = told.flatMap(([, , , search = '', count]) =>
      search.startsWith('`') ? [`${search.slice(1, -1)} ${count}`] : [],
    )
    const hidden = Object.values(incidents).flatMap(({ findings }) =>
      findings.map(({ search, count }: { search: string; count: number }) => `${search} ${count}`),
    )
    expect(documented).toEqual(hidden)
  })
})

describe('the random stream', () => {
  it('is spread evenly and depends on nothing but its seed', () => {
    const random = new Random('x')
    const counts = Array.from({ length: 10 }, () => 0)
    for (let i = 0; i < 20_000; i++) {
      const digit = random.integer(0, 9)
      counts[digit] = (counts[digit] ?? 0) + 1
    }
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(300)
    expect(new Random('x').fork('y').hex(16)).toBe(new Random('x').fork('y').hex(16))
    expect(new Random('x').fork('y').hex(16)).not.toBe(new Random('x').fork('z').hex(16))
  })
})
