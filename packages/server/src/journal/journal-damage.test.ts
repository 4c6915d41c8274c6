import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isAuditError } from '@aleph-audit-log/domain/error'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Journal, type JournalLimits } from './journal.ts'
import { recordHeaderBytes, segmentHeaderBytes } from './segment-format.ts'

const limits: JournalLimits = {
  segmentBytesMax: 500,
  payloadBytesMax: 10_000,
  unappliedBytesMax: 1_000_000,
  appliedKeptMs: 3_600_000,
  appliedKeptBytes: 1_000_000,
}

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'journal-damage-'))
})
afterEach(async () => {
  await rm(dir, { recursive: true })
})

const open = async (): Promise<Journal> => Journal.open(dir, limits, Date.now)

/** A journal of several segments: each write has two batches. `writes` are the texts of each. */
type Written = {
  writes: string[][][]
  /** Where each batch and each write of a segment ends, by the segment's name. */
  ends: Map<string, { end: number; texts: number; endsWrite: boolean }[]>
  segments: { name: string; bytes: Buffer }[]
}

async function write(): Promise<Written> {
  const journal = await open()
  const written: Written = { writes: [], ends: new Map(), segments: [] }
  let texts = 0
  for (let n = 0; n < 12; n++) {
    const batches = [[`${n} first`, `${n} second ${'x'.repeat(n * 5)}`], [`${n} third`]]
    await journal.append(batches.map((batch) => batch.map((text) => Buffer.from(text))))
    written.writes.push(batches)
    const name = (await segmentNames()).at(-1) ?? ''
    const ends = written.ends.get(name) ?? []
    let end = ends.at(-1)?.end ?? segmentHeaderBytes
    for (const [i, batch] of batches.entries()) {
      for (const text of batch) end += recordHeaderBytes + Buffer.byteLength(text)
      texts += batch.length
      ends.push({ end, texts, endsWrite: i === batches.length - 1 })
    }
    written.ends.set(name, ends)
  }
  await journal.close()
  for (const name of await segmentNames())
    written.segments.push({ name, bytes: await readFile(join(dir, name)) })
  return written
}

async function segmentNames(): Promise<string[]> {
  return (await readdir(dir)).filter((name) => name.endsWith('.segment')).sort()
}

const textsOf = (written: Written): string[] => written.writes.flat(2)

/** What a journal gives back from its first record on, or the refusal. */
async function readBack(): Promise<{ texts: string[]; sequences: number[] } | string> {
  let journal: Journal | undefined
  try {
    journal = await open()
    const texts: string[] = []
    const sequences: number[] = []
    for (let at = 1; ;) {
      const records = await journal.read(at, { records: 4, bytes: 400 })
      if (records.length === 0) return { texts, sequences }
      for (const record of records) {
        texts.push(record.payload.toString())
        sequences.push(record.sequence)
      }
      at = (sequences.at(-1) ?? 0) + 1
    }
  } catch (error) {
    if (!isAuditError(error, 'unavailable')) throw error
    return error.message
  } finally {
    await journal?.close()
  }
}

async function restore(written: Written): Promise<void> {
  for (const name of await readdir(dir)) await rm(join(dir, name))
  for (const { name, bytes } of written.segments) await writeFile(join(dir, name), bytes)
}

const named = /segment \S*\d{16}\.segment is damaged at byte \d+/

describe('a damaged journal', () => {
  it('keeps exactly the whole batches before the cut, wherever the newest segment is cut off', async () => {
    const written = await write()
    expect(written.segments.length).toBeGreaterThan(2)
    const newest = written.segments.at(-1)
    const older = written.ends.get(written.segments.at(-2)?.name ?? '')?.at(-1)?.texts ?? 0
    const ends = written.ends.get(newest?.name ?? '') ?? []
    for (let length = 0; length <= (newest?.bytes.length ?? 0); length++) {
      await restore(written)
      await writeFile(join(dir, newest?.name ?? ''), newest?.bytes.subarray(0, length) ?? '')
      const kept = ends.findLast(({ end }) => end <= length)?.texts ?? older
      const found = await readBack()
      expect(found, `cut at ${length}`).toMatchObject({ texts: textsOf(written).slice(0, kept) })
    }
  })

  it('refuses by file and byte, wherever an older segment is cut off or missing', async () => {
    const written = await write()
    for (const { name, bytes } of written.segments.slice(0, -1)) {
      for (let length = 0; length < bytes.length; length += 3) {
        await restore(written)
        await writeFile(join(dir, name), bytes.subarray(0, length))
        expect(await readBack(), `${name} cut at ${length}`).toMatch(named)
      }
    }
    for (const { name } of written.segments.slice(1, -1)) {
      await restore(written)
      await rm(join(dir, name))
      expect(await readBack(), `${name} is missing`).toMatch(named)
    }
  })

  it('gives back what was written or refuses by file and byte, whichever bit of whichever segment is flipped', async () => {
    const written = await write()
    const all = textsOf(written)
    let refusals = 0
    for (const [place, { name, bytes }] of written.segments.entries()) {
      const isNewest = place === written.segments.length - 1
      const writeEnds = (written.ends.get(name) ?? []).filter(({ endsWrite }) => endsWrite)
      const lastWrite = writeEnds.at(-2)
      for (let at = 0; at < bytes.length; at += isNewest ? 1 : 3) {
        await restore(written)
        const flipped = Buffer.from(bytes)
        flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8))
        await writeFile(join(dir, name), flipped)
        const found = await readBack()
        const what = `bit ${at % 8} of byte ${at} of ${name}`
        if (typeof found === 'string') {
          expect(found, what).toMatch(named)
          refusals++
          continue
        }
        // The header of an older segment says nothing that its name does not say.
        if (!isNewest) expect(at, what).toBeLessThan(segmentHeaderBytes)
        // Nothing sound lies behind the last write, so it looks like one that was interrupted: whole batches are kept.
        const isInLastWrite = isNewest && at >= (lastWrite?.end ?? segmentHeaderBytes)
        if (isInLastWrite) {
          const kept = (written.ends.get(name) ?? []).findLast(({ end }) => end <= at)?.texts ?? 0
          expect(found.texts, what).toEqual(all.slice(0, kept))
        } else {
          expect(found.texts, what).toEqual(all)
        }
      }
    }
    expect(refusals).toBeGreaterThan(300)
  })

  it('never believes a flipped mark of what is applied', async () => {
    const journal = await open()
    for (let n = 0; n < 30; n++) await journal.append([[Buffer.from(`${n}`)]])
    await journal.markApplied(17, 17)
    await journal.close()
    const path = join(dir, 'applied')
    const mark = await readFile(path)
    for (let at = 0; at < mark.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const flipped = Buffer.from(mark)
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit)
        await writeFile(path, flipped)
        await expect(open(), `bit ${bit} of byte ${at}`).rejects.toMatchObject({
          code: 'unavailable',
          message: expect.stringContaining(`${path} is damaged`),
        })
      }
    }
    for (let length = 0; length < mark.length; length++) {
      await writeFile(path, mark.subarray(0, length))
      await expect(open(), `cut at ${length}`).rejects.toMatchObject({ code: 'unavailable' })
    }
    await rm(path)
    const again = await open()
    expect(again.appliedSequence).toBe(0)
    await again.close()
  })
})
