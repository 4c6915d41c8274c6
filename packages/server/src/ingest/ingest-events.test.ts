import { readSql } from '@aleph-audit-log/domain/sql/read-sql'
import { AuditError } from '@aleph-audit-log/domain/error'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readPostgresAttribution } from '../capture/postgres-log/to-drafts.ts'
import type { Journal } from '../journal/journal.ts'
import { GroupCommit } from './group-commit.ts'
import { createIngestEvents } from './ingest-events.ts'

const nowMs = Date.parse('2026-11-22T10:00:00Z')
const way = { workspaceId: 'w1', source: 'api' }
const actor = { type: 'user', email: 'ann@acme.com' }

/** A journal that keeps what is appended in memory; `gate` lets a test hold a commit up. */
function fakeJournal(gate: () => Promise<void> = async () => undefined) {
  const groups: string[][] = []
  let next = 1
  const append: Journal['append'] = async (batches) => {
    await gate()
    groups.push(batches.flat().map((payload) => Buffer.from(payload).toString()))
    return batches.map((batch) => {
      const first = next
      next += batch.length
      return first
    })
  }
  // GroupCommit uses nothing else of a journal.
  return { groups, journal: { append } as unknown as Journal }
}

function setUp(over: { gate?: () => Promise<void>; queueBytesMax?: number } = {}) {
  const { groups, journal } = fakeJournal(over.gate)
  const groupCommit = new GroupCommit(
    journal,
    { groupBytesMax: 1_000_000, queueBytesMax: over.queueBytesMax ?? 10_000_000 },
    () => undefined,
  )
  const ingest = createIngestEvents({
    groupCommit,
    hashContent: (text) => text.slice(0, 32),
    redactSecret: () => 'abcd1234',
    readStatement: readSql,
    bindParametersOf: () => 'masked',
    now: () => nowMs,
    retentionDays: 400,
    futureMsMax: 86_400_000,
  })
  return { groups, groupCommit, ingest }
}

async function faultsOf(draft: unknown): Promise<string[]> {
  const { ingest, groups } = setUp()
  try {
    await ingest([draft], { ...way, pathOf: () => '' })
  } catch (error) {
    expect(groups).toEqual([])
    if (error instanceof AuditError) return error.problems.map(({ path, message }) => `${path}: ${message}`)
    throw error
  }
  return []
}

describe('ingesting events', () => {
  it('fills in what the sender left out', async () => {
    const { ingest, groups } = setUp()
    const [receipt] = await ingest([{ type: 'query', actor }], way)
    expect(JSON.parse(groups[0]?.[0] ?? '')).toMatchObject({
      id: receipt?.id,
      idFromSender: false,
      occurredAt: '2026-11-22T10:00:00.000000Z',
      receivedAt: '2026-11-22T10:00:00.000000Z',
      outcome: 'success',
      workspaceId: 'w1',
      source: 'api',
    })
    expect(receipt?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  it('keeps microseconds and turns other time zones into UTC', async () => {
    const { ingest, groups } = setUp()
    await ingest([{ type: 'query', actor, occurredAt: '2026-11-22T01:30:00.123456+05:30' }], way)
    expect(groups[0]?.[0]).toContain('"occurredAt":"2026-11-21T20:00:00.123456Z"')
  })

  it.each([
    [{ actor }, ['type: ']],
    [{ type: 'Query', actor }, ['type: must match']],
    [{ type: 'query', actor: {} }, ['actor.type: ']],
    [{ type: 'query', actor: { type: 'user' } }, ['actor: needs an id, a name or an email']],
    [{ type: 'query', actor: { ...actor, phone: '1' } }, ['actor.phone: is not a known field']],
    [{ type: 'query', actor, nonsense: 1, other: 2 }, ['nonsense: is not', 'other: is not']],
    [{ type: 'query', actor, id: '7' }, ['id: must be a UUID']],
    [{ type: 'query', actor, data: [] }, ['data: must be an object']],
    [{ type: 'query', actor, data: { a: [{ 'b c': 2 ** 53 }] } }, ['data.a[0]["b c"]: is an integer beyond']],
    [{ type: 'query', actor, occurredAt: '2026-02-30T00:00:00Z' }, ['occurredAt: must be']],
    [{ type: 'query', actor, occurredAt: '2026-11-24T10:00:00Z' }, ['occurredAt: is more than a day']],
    [
      { type: 'query', actor, occurredAt: '2025-10-01T00:00:00Z' },
      ['occurredAt: is older than the 400 days'],
    ],
    [{ type: 'query', actor, context: { ip: 'x'.repeat(1025) } }, ['context.ip: ']],
    [{ type: 'query', actor, targets: [{ id: 'x' }] }, ['targets[0].type: ']],
    ['query', [': ']],
    [null, [': ']],
  ])('refuses %j with the path of each fault', async (draft, expected) => {
    const faults = await faultsOf(draft)
    expect(faults).toHaveLength(expected.length)
    for (const [i, fault] of faults.entries()) expect(fault.startsWith(expected[i] ?? '?'), fault).toBe(true)
  })

  it('refuses data that is nested too deep without using up the stack', async () => {
    const draft: unknown = JSON.parse(
      `{"type":"query","actor":{"type":"user","id":"1"},"data":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_001)}`,
    )
    expect((await faultsOf(draft))[0]).toContain('is nested deeper than 100 levels')
  })

  it('takes __proto__ as an ordinary key', async () => {
    const { ingest, groups } = setUp()
    await ingest(
      [JSON.parse('{"type":"query","actor":{"type":"user","id":"1"},"data":{"__proto__":{"admin":true}}}')],
      way,
    )
    expect(groups[0]?.[0]).toContain('"data":{"__proto__":{"admin":true}}')
    expect(
      await faultsOf(JSON.parse('{"type":"query","actor":{"type":"user","id":"1"},"__proto__":{"x":1}}')),
    ).toEqual(['__proto__: is not a known field'])
  })

  it('masks the password of a role before it is written, also where an error quotes it', async () => {
    const { ingest, groups } = setUp()
    const data = {
      sql: "alter user ann password 'very secret 12345'",
      error: { code: '42704', message: `role "ann" does not exist near 'very secret 12345'` },
    }
    await ingest([{ type: 'query', actor, data }], way)
    expect(groups[0]?.[0]).not.toContain('secret')
    expect(groups[0]?.[0]).toContain("alter user ann password '«redacted:password:abcd1234»'")
  })

  it('goes on when the clock of the server is put back by days', async () => {
    let now = nowMs
    const { groupCommit, groups } = setUp()
    const ingest = createIngestEvents({
      groupCommit,
      hashContent: (text) => text.slice(0, 32),
      redactSecret: () => 'abcd1234',
      readStatement: readSql,
      bindParametersOf: () => 'masked',
      now: () => now,
      retentionDays: 400,
      futureMsMax: 86_400_000,
    })
    await ingest([{ type: 'query', actor }], way)
    now -= 3 * 86_400_000
    await ingest([{ type: 'query', actor }], way)
    expect(groups[1]?.[0]).toContain('"receivedAt":"2026-11-19T10:00:00.000000Z"')
  })

  it('takes a login as asserted, whatever a sender claims, unless the way in knows better', async () => {
    const { ingest, groups } = setUp()
    const data = { login: 'ann', authentication: { identity: 'ann@ACME', method: 'cert' } }
    await ingest([{ type: 'query', actor, data }], way)
    const attributionOf = readPostgresAttribution
    await ingest([{ type: 'query', actor, data }], { ...way, source: 'int_1', attributionOf })
    expect(groups.map(([event]) => JSON.parse(event ?? '').attribution)).toEqual([
      { login: 'ann', trust: 'asserted' },
      { login: 'ann', claimed: { id: 'ann@ACME' }, trust: 'proven' },
    ])
  })

  it('refuses an event of more than 512 KiB and takes one just below', async () => {
    const { ingest } = setUp()
    const draft = (length: number) => ({ type: 'query', actor, data: { sql: 'ü'.repeat(length) } })
    await expect(ingest([draft(300 * 1024)], way)).rejects.toMatchObject({
      code: 'too_large',
      problems: [{ path: 'events[0]' }],
    })
    await ingest([draft(250 * 1024)], way)
  })

  it('keeps nothing of a batch with one bad event and names them all', async () => {
    const { ingest, groups } = setUp()
    const good = { type: 'query', actor }
    const result = ingest([good, { type: '', actor }, good, { ...good, extra: 1 }], way)
    await expect(result).rejects.toMatchObject({
      code: 'invalid',
      problems: [{ path: 'events[1].type' }, { path: 'events[3].extra' }],
    })
    expect(groups).toEqual([])
  })

  it('never changes a random event on its way', async () => {
    const { ingest, groups } = setUp()
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ noUnicodeString: false })),
        async (data) => {
          const sent = JSON.parse(JSON.stringify({ type: 'query', actor, data }))
          try {
            await ingest([sent], way)
          } catch (error) {
            // Random numbers may be integers that are too large.
            expect(error).toMatchObject({ code: 'invalid' })
            return
          }
          expect(JSON.parse(groups.at(-1)?.[0] ?? '').data).toEqual(sent.data)
        },
      ),
    )
  })
})

describe('group commit', () => {
  it('commits what arrives during a commit together, in the order of arrival', async () => {
    let open = (): void => undefined
    let gate = new Promise<void>((resolve) => (open = resolve))
    const { groupCommit, groups } = setUp({ gate: async () => gate })
    const first = groupCommit.append([Buffer.from('a')])
    await Promise.resolve()
    await Promise.resolve()
    const later = ['b', 'c', 'd'].map(async (text) => groupCommit.append([Buffer.from(text)]))
    gate = Promise.resolve()
    open()
    expect(await Promise.all([first, ...later])).toEqual([1, 2, 3, 4])
    expect(groups).toEqual([['a'], ['b', 'c', 'd']])
  })

  it('refuses when its queue is full, and takes more afterwards', async () => {
    let open = (): void => undefined
    const gate = new Promise<void>((resolve) => (open = resolve))
    const { groupCommit } = setUp({ gate: async () => gate, queueBytesMax: 100 })
    const waiting = [groupCommit.append([Buffer.alloc(60)])]
    await expect(groupCommit.append([Buffer.alloc(60)])).rejects.toMatchObject({ code: 'overloaded' })
    open()
    await Promise.all(waiting)
    await groupCommit.append([Buffer.alloc(60)])
  })

  it('fails only the callers of a failed group', async () => {
    let fail = true
    const { groupCommit } = setUp({
      gate: async () => {
        if (fail) throw new AuditError('storage_full', 'full')
      },
    })
    await expect(groupCommit.append([Buffer.from('a')])).rejects.toMatchObject({ code: 'storage_full' })
    fail = false
    expect(await groupCommit.append([Buffer.from('b')])).toBe(1)
  })

  it('finishes what it took before it closes, and takes nothing more', async () => {
    const { groupCommit, groups } = setUp()
    const taken = groupCommit.append([Buffer.from('a')])
    await groupCommit.close()
    expect(await taken).toBe(1)
    expect(groups).toEqual([['a']])
    await expect(groupCommit.append([Buffer.from('b')])).rejects.toMatchObject({ code: 'unavailable' })
  })
})
