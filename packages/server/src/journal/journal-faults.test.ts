import type * as syncFs from 'node:fs'
import type * as fs from 'node:fs/promises'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isAuditError, type AuditError } from '@aleph-audit-log/domain/error'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Journal, type JournalLimits } from './journal.ts'

/**
 * The journal on the real file system, whose calls that change something are counted, so that one of them (and perhaps
 * all after it) can be made to fail.
 */
const disk = vi.hoisted(() => {
  const state = { calls: 0, failAt: Infinity, goesOn: false, code: 'EIO', half: false }
  return {
    state,
    /** Counts a call; gives back the error it fails with, if it does. */
    next: (name: string): Error | undefined => {
      const at = state.calls++
      if (at !== state.failAt && !(state.goesOn && at > state.failAt)) return undefined
      return Object.assign(new Error(`${state.code}: injected into ${name}`), { code: state.code })
    },
  }
})

vi.mock('node:fs', async (importOriginal) => {
  const real = await importOriginal<typeof syncFs>()
  const writeSync = (file: number, bytes: Uint8Array, from: number, length: number, at: number): number => {
    const error = disk.next('write')
    if (!error) return real.writeSync(file, bytes, from, length, at)
    if (disk.state.half) real.writeSync(file, bytes, from, Math.floor(length / 2), at)
    throw error
  }
  return { ...real, writeSync }
})

vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof fs>()
  const failing =
    <A extends unknown[], R>(name: string, run: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const error = disk.next(name)
      if (error) throw error
      return run(...args)
    }
  return {
    ...real,
    rename: failing('rename', real.rename),
    unlink: failing('unlink', real.unlink),
    truncate: failing('truncate', real.truncate),
    open: async (...args: Parameters<typeof real.open>) => {
      const handle = await real.open(...args)
      const write = handle.write.bind(handle) as (bytes: Uint8Array, ...more: number[]) => Promise<unknown>
      const replaced = {
        datasync: failing('datasync', () => handle.datasync()),
        sync: failing('sync', () => handle.sync()),
        truncate: failing('truncate', (bytes: number) => handle.truncate(bytes)),
        writeFile: failing('writeFile', (text: string) => handle.writeFile(text)),
        write: async (bytes: Uint8Array, from = 0, length = bytes.length - from, ...more: number[]) => {
          const error = disk.next('write')
          if (!error) return write(bytes, from, length, ...more)
          if (disk.state.half) await write(bytes, from, Math.floor(length / 2), ...more)
          throw error
        },
      }
      return new Proxy(handle, {
        get: (target, key) => {
          if (key in replaced) return replaced[key as keyof typeof replaced]
          const value: unknown = Reflect.get(target, key)
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
    },
  }
})

const limits: JournalLimits = {
  segmentBytesMax: 400,
  payloadBytesMax: 10_000,
  unappliedBytesMax: 100_000,
  appliedKeptMs: 0,
  appliedKeptBytes: 800,
  reserveBytes: 5000,
}

let dir: string
beforeEach(async () => {
  heal()
  dir = await mkdtemp(join(tmpdir(), 'journal-faults-'))
})
afterEach(async () => {
  heal()
  await rm(dir, { recursive: true, force: true })
})

function heal(): void {
  disk.state.failAt = Infinity
  disk.state.goesOn = false
}

type Outcome = {
  /** In order, what was acknowledged with its sequence, and what the failed disk may have kept. */
  acknowledged: Map<number, string>
  uncertain: string[][]
  applied: number
  failures: number
  isFailed: boolean
  refusals: AuditError[]
}

const rounds = 16

const isFailed = (journal: Journal): boolean => journal.state === 'failed'

/** Opens the journal, appends, marks and closes, through whatever fails; checks what can be seen from inside. */
async function work(): Promise<Outcome> {
  const outcome: Outcome = {
    acknowledged: new Map(),
    uncertain: [],
    applied: 0,
    failures: 0,
    isFailed: false,
    refusals: [],
  }
  const journal = await Journal.open(dir, limits, Date.now, () => void outcome.failures++).catch(
    () => undefined,
  )
  if (!journal) return outcome
  for (let round = 0; round < rounds; round++) {
    const batches = [[`${round} a`, `${round} b ${'x'.repeat(round * 10)}`], [`${round} c`]]
    const wasFailed = isFailed(journal)
    try {
      const firsts = await journal.append(
        batches.map((batch) => batch.map((text) => Buffer.from(text))),
        { urgent: round % 3 === 2 },
      )
      expect(wasFailed, 'a failed journal acknowledges nothing').toBe(false)
      for (const [i, batch] of batches.entries())
        for (const [j, text] of batch.entries()) outcome.acknowledged.set((firsts[i] ?? 0) + j, text)
    } catch (error) {
      if (!isAuditError(error)) throw error
      outcome.refusals.push(error)
      if (!wasFailed && isFailed(journal)) outcome.uncertain = batches
    }
    if (round % 5 === 4) {
      const marked = await journal.markApplied(journal.lastSequence, journal.lastSequence).then(
        () => true,
        () => false,
      )
      if (marked) outcome.applied = journal.lastSequence
    }
  }
  outcome.isFailed = isFailed(journal)
  await journal.close()
  return outcome
}

async function readFrom(journal: Journal, sequence: number): Promise<Map<number, string>> {
  const found = new Map<number, string>()
  for (let at = sequence; ;) {
    const records = await journal.read(at, { records: 5, bytes: 1000 })
    if (records.length === 0) return found
    for (const record of records) found.set(record.sequence, record.payload.toString())
    at = (records.at(-1)?.sequence ?? at) + 1
  }
}

/** Opens the journal on a disk that works again, and holds it against what was acknowledged. */
async function check(outcome: Outcome, what: string): Promise<void> {
  heal()
  const journal = await Journal.open(dir, limits, Date.now)
  // Segments that are applied may be gone; everything that is not applied must be there.
  const from = journal.appliedSequence + 1
  expect(journal.appliedSequence, what).toBeGreaterThanOrEqual(outcome.applied)
  const found = await readFrom(journal, from)
  const expected = [...outcome.acknowledged].filter(([sequence]) => sequence >= from)
  const more = outcome.uncertain
  const allowed = [expected]
  let texts = [...expected]
  let next = Math.max(outcome.applied, ...outcome.acknowledged.keys()) + 1
  for (const batch of more) {
    texts = [...texts, ...batch.map((text): [number, string] => [next++, text])]
    allowed.push(texts)
  }
  expect(allowed, what).toContainEqual([...found])
  const [sequence] = await journal.append([[Buffer.from('goes on')]])
  expect([...(await readFrom(journal, sequence ?? 0)).values()], what).toEqual(['goes on'])
  await journal.close()
}

describe('a journal whose disk fails', () => {
  it.each([
    { code: 'EIO', goesOn: false, half: false },
    { code: 'EIO', goesOn: true, half: true },
    { code: 'ENOSPC', goesOn: false, half: false },
    { code: 'ENOSPC', goesOn: false, half: true },
    { code: 'ENOSPC', goesOn: true, half: true },
  ])(
    'loses nothing and tells nothing untrue, whichever call fails: $code, ever after: $goesOn, half written: $half',
    async (kind) => {
      Object.assign(disk.state, kind, { calls: 0, failAt: Infinity, goesOn: false })
      await check(await work(), 'without a fault')
      disk.state.calls = 0
      await rm(dir, { recursive: true })
      await work()
      const calls = disk.state.calls
      expect(calls).toBeGreaterThan(50)
      for (let failAt = 0; failAt < calls; failAt++) {
        await rm(dir, { recursive: true, force: true })
        Object.assign(disk.state, kind, { calls: 0, failAt })
        const outcome = await work()
        const what = `${kind.code} at call ${failAt}`
        expect(outcome.failures, what).toBe(outcome.isFailed ? 1 : 0)
        if (!kind.goesOn && !outcome.isFailed)
          expect(outcome.refusals.length, what).toBeLessThanOrEqual(rounds / 3)
        await check(outcome, what)
      }
    },
  )
})
