import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AuditError } from '@aleph-audit-log/domain/error'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Journal, type JournalLimits } from '../journal/journal.ts'
import { GroupCommit } from './group-commit.ts'

const journalLimits: JournalLimits = {
  segmentBytesMax: 10_000,
  payloadBytesMax: 100_000,
  unappliedBytesMax: 1_000_000,
  appliedKeptMs: 1000,
  appliedKeptBytes: 1_000_000,
}

let dir: string
let journal: Journal
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'group-commit-'))
  journal = await Journal.open(dir, journalLimits, Date.now)
})
afterEach(async () => {
  await journal.close()
  await rm(dir, { recursive: true })
})

const open = (queueBytesMax: number): GroupCommit =>
  new GroupCommit(journal, { groupBytesMax: 1000, queueBytesMax }, () => undefined)
const payload = (bytes: number): Buffer[] => [Buffer.alloc(bytes, 0x61)]

describe('committing in groups', () => {
  it('refuses what the queue has no room for, keeps what it took, and takes more when it was written', async () => {
    const commit = open(2500)
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, async () => commit.append(payload(500))),
    )
    const kept = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    expect(kept).toEqual([1, 2, 3, 4, 5])
    for (const result of results.slice(5))
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'overloaded' } })
    expect(journal.lastSequence).toBe(5)
    expect(commit.queuedBytes).toBe(0)
    expect(await commit.append(payload(500))).toBe(6)
  })

  it('takes what is urgent when the queue is full, and a lone batch that is larger than the queue', async () => {
    const commit = open(1000)
    const large = commit.append(payload(5000))
    const refused = commit.append(payload(10))
    const urgent = commit.append(payload(10), { urgent: true })
    await expect(refused).rejects.toMatchObject({ code: 'overloaded' })
    expect(await Promise.all([large, urgent])).toEqual([1, 2])
  })

  it('commits what is urgent when everything else is refused', async () => {
    const real = journal.append.bind(journal)
    const append = vi.spyOn(journal, 'append').mockImplementation(async (batches, options) => {
      if (options?.urgent !== true) throw new AuditError('storage_full', 'The disk is full.')
      return real(batches, options)
    })
    const commit = open(100_000)
    const results = await Promise.allSettled(
      Array.from({ length: 9 }, async (_, i) => commit.append(payload(10), { urgent: i % 3 === 1 })),
    )
    expect(results.map(({ status }) => status === 'fulfilled')).toEqual(
      Array.from({ length: 9 }, (_, i) => i % 3 === 1),
    )
    append.mockRestore()
  })

  it('writes what it took before it closes, and takes nothing more', async () => {
    const commit = open(100_000)
    const taken = Array.from({ length: 20 }, async () => commit.append(payload(400)))
    const closed = commit.close()
    await expect(commit.append(payload(1))).rejects.toMatchObject({ code: 'unavailable' })
    await closed
    expect(await Promise.all(taken)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
  })
})
