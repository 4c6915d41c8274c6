import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { readXlsx } from 'hucre/xlsx'
import { expect, test } from 'vitest'
import { encodeXlsx } from './encode-xlsx.ts'
import { collect, makeOptions, makeQuery, pagesOf } from './testing/export-events.ts'
import { readZip } from './testing/read-zip.ts'
import { ZipWriter } from './zip-writer.ts'

const modifiedAt = new Date('2026-11-22T10:20:30Z')

async function* writeArchive(
  chunks: readonly Buffer[],
  zip64OffsetMin = 0xffff_ffff,
): AsyncGenerator<Uint8Array> {
  const zip = new ZipWriter({ level: 6, modifiedAt, zip64OffsetMin })
  yield zip.part('first.txt', 'the first')
  yield* zip.streamPart(
    'folder/streamed.bin',
    (async function* () {
      yield* chunks
    })(),
  )
  yield zip.part('last.txt', 'after it')
  yield zip.finish()
}

test('an archive holds its parts, and every header, descriptor, size and CRC agrees', async () => {
  const chunks = [
    randomBytes(300_000),
    Buffer.alloc(500_000, 'compressible '),
    Buffer.alloc(0),
    Buffer.from('end'),
  ]
  const parts = readZip(await collect(writeArchive(chunks)))
  expect([...parts.keys()]).toEqual(['first.txt', 'folder/streamed.bin', 'last.txt'])
  expect(parts.get('first.txt')?.bytes.toString()).toBe('the first')
  expect(parts.get('folder/streamed.bin')?.bytes.equals(Buffer.concat(chunks))).toBe(true)
  expect(parts.get('last.txt')?.bytes.toString()).toBe('after it')
  for (const part of parts.values()) {
    // Excel refuses version 45 in local headers: those of parts are always 20.
    expect(part.versionNeeded).toBe(20)
    expect(part.flags).toBe(0x0808)
  }
})

test('a streamed part without any bytes is an empty part', async () => {
  const parts = readZip(await collect(writeArchive([])))
  expect(parts.get('folder/streamed.bin')?.bytes.length).toBe(0)
})

test('an archive over 4 GiB has a 64-bit directory while its local headers stay 32-bit', async () => {
  // The limit is lowered, as four real GiB would take minutes.
  const parts = readZip(await collect(writeArchive([Buffer.from('streamed')], 60)))
  expect(parts.get('last.txt')?.bytes.toString()).toBe('after it')
  expect([...parts.values()].map((part) => part.versionNeeded)).toEqual([20, 45, 45])
})

test('another reader takes an archive with a 64-bit directory as well', async () => {
  const file = await collect(
    encodeXlsx(
      pagesOf([makeQuery(1, 'select 1')]),
      makeOptions('data', { xlsxLimits: { zip64OffsetMin: 1 } }),
    ),
  )
  const { sheets } = await readXlsx(file)
  expect(sheets[0]?.rows).toEqual([['Data'], ['select 1']])
})

const run = promisify(execFile)
const hasUnzip = await run('unzip', ['-v']).then(
  () => true,
  () => false,
)

test.skipIf(!hasUnzip)(
  'Info-ZIP tests both kinds of archives (skipped where there is no `unzip`)',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'zip-writer-'))
    try {
      for (const zip64OffsetMin of [undefined, 1]) {
        const path = join(folder, 'archive.zip')
        await writeFile(path, await collect(writeArchive([randomBytes(100_000)], zip64OffsetMin)))
        expect((await run('unzip', ['-t', path])).stdout).toContain('No errors detected')
      }
    } finally {
      await rm(folder, { recursive: true })
    }
  },
)

test('a failure of the source is thrown, also while a chunk is being compressed', async () => {
  const zip = new ZipWriter({ level: 6, modifiedAt, zip64OffsetMin: 0xffff_ffff })
  const failing = (async function* () {
    yield randomBytes(1_000_000)
    throw new Error('the source failed')
  })()
  await expect(collect(zip.streamPart('a', failing))).rejects.toThrow('the source failed')
})

test('whoever stops reading early closes the source', async () => {
  const zip = new ZipWriter({ level: 6, modifiedAt, zip64OffsetMin: 0xffff_ffff })
  let closed = false
  const endless = (async function* () {
    try {
      for (;;) yield randomBytes(100_000)
    } finally {
      closed = true
    }
  })()
  let chunks = 0
  for await (const chunk of zip.streamPart('a', endless)) {
    chunks += chunk.length > 0 ? 1 : 0
    if (chunks > 3) break
  }
  expect(closed).toBe(true)
})
