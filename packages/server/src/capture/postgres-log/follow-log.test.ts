import { randomInt } from 'node:crypto'
import { appendFile, copyFile, mkdir, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { followLog, type FollowLogOptions, type LogRead } from './follow-log.ts'
import { postgresLogLimits } from './log-limits.ts'
import type { FilePosition } from './log-position.ts'
import { createLogFolder, type LogFolder } from './testing/log-folder.ts'
import { queryLine } from './testing/log-text.ts'

let folder: LogFolder
beforeEach(async () => {
  folder = await createLogFolder()
})
afterEach(async () => folder.remove())

// A look at all files is so far away that nothing here may depend on it.
const limits = { ...postgresLogLimits, pollMs: 5, readBytes: 100, lookAgainMs: 3_600_000 }
const startMs = Date.UTC(2026, 10, 22, 10)

/** The line that says `name`, as the first of a file that was begun so many seconds later. */
const say = (name: string, seconds = 0): string => queryLine(7, 1, name, startMs + seconds * 1000)

/** Reads a log and gathers what its lines say. */
class Reader {
  readonly said: string[] = []
  readonly lost: FilePosition[] = []
  position: FilePosition | undefined
  readonly #stopping = new AbortController()
  readonly #reads: AsyncGenerator<LogRead, void, void>

  constructor(path: string, options: Partial<FollowLogOptions> = {}) {
    const now = (): number => Date.now()
    this.#reads = followLog({
      path,
      follow: true,
      from: undefined,
      limits,
      now,
      signal: this.#stopping.signal,
      ...options,
    })
  }

  /** Reads on until a line says this; `undefined`: until there is no more. */
  async until(text: string | undefined): Promise<void> {
    for (;;) {
      const { value, done } = await this.#reads.next()
      if (done === true) {
        if (text === undefined) return
        throw new Error(`It ended without ${text}`)
      }
      this.#take(value)
      if (text === undefined ? value.atEnd && this.said.length > 0 : this.said.includes(text)) return
    }
  }

  #take(read: LogRead): void {
    for (const { bytes } of read.lines)
      this.said.push(/statement: (.*?)"/.exec(String(bytes))?.[1] ?? String(bytes))
    if (read.lost !== undefined) this.lost.push(read.lost)
    this.position = read.position
  }

  async close(): Promise<void> {
    this.#stopping.abort()
    await this.#reads.return()
  }
}

async function reading(reader: Reader, work: (reader: Reader) => Promise<void>): Promise<void> {
  try {
    await work(reader)
  } finally {
    await reader.close()
  }
}

test('files are read in the order of their first lines, whatever their names, and followed', async () => {
  await folder.append('sun.json', [say('c', 20), say('d', 21)])
  await folder.append('mon.json', [say('a', 0), say('b', 1)])
  await writeFile(join(folder.logDir, 'other.json'), JSON.stringify({ not: 'a log'.repeat(100) }))
  await reading(new Reader(folder.logDir), async (reader) => {
    await reader.until('d')
    await folder.append('sun.json', [say('e', 22)])
    await reader.until('e')
    await folder.append('tue.json', [say('f', 30)])
    await reader.until('f')
    expect(reader.said).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  })
})

test('any number of files that are there are read without a pause', async () => {
  const names = Array.from({ length: 20 }, (_, i) => `file ${i}`)
  for (const [i, name] of names.entries()) await folder.append(`${100 - i}.json`, [say(name, i * 10)])
  await reading(new Reader(folder.logDir), async (reader) => {
    await reader.until('file 19')
    expect(reader.said).toEqual(names)
  })
})

test('a file is drained before the next one, also of what comes after the next one was begun', async () => {
  await folder.append('1.json', [say('a')])
  await reading(new Reader(folder.logDir), async (reader) => {
    await reader.until('a')
    await folder.append('2.json', [say('d', 10)])
    await folder.append('1.json', [say('b', 1), say('c', 2)])
    await reader.until('d')
    expect(reader.said).toEqual(['a', 'b', 'c', 'd'])
  })
})

test('the log folder of a data directory comes from current_logfiles, and may change', async () => {
  await writeFile(join(folder.dataDir, 'PG_VERSION'), '18\n')
  const setCurrent = async (path: string): Promise<void> =>
    writeFile(join(folder.dataDir, 'current_logfiles'), `stderr log/x.log\njsonlog ${path}\n`)
  await folder.append('1.json', [say('a')])
  await setCurrent('log/1.json')
  const elsewhere = join(folder.dataDir, 'elsewhere')
  await mkdir(elsewhere)
  await reading(new Reader(folder.dataDir), async (reader) => {
    await reader.until('a')
    await appendFile(join(elsewhere, '2.json'), `${say('b', 10)}\n`)
    await setCurrent(join(elsewhere, '2.json'))
    await reader.until('b')
    expect(reader.said).toEqual(['a', 'b'])
  })
})

test('one file is followed by its name when it is renamed and begun anew', async () => {
  const path = join(folder.logDir, 'pg.json')
  await folder.append('pg.json', [say('a')])
  await reading(new Reader(path), async (reader) => {
    await reader.until('a')
    await rename(path, `${path}.1`)
    await appendFile(`${path}.1`, `${say('b', 1)}\n`)
    await folder.append('pg.json', [say('c', 10)])
    await reader.until('c')
    expect(reader.said).toEqual(['a', 'b', 'c'])
  })
})

test('a file that is emptied and written anew is read from its start, also when it has grown past the old end', async () => {
  const path = join(folder.logDir, 'pg.json')
  await folder.append('pg.json', [say('a'), say('b', 1)])
  await reading(new Reader(path), async (reader) => {
    await reader.until('b')
    await copyFile(path, `${path}.1`)
    await truncate(path)
    await folder.append('pg.json', [say('c', 10)])
    await reader.until('c')
    await truncate(path)
    await folder.append('pg.json', [say('d', 20), say('e', 21), say('f', 22)])
    await reader.until('f')
    expect(reader.said).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  })
})

test('a line is read when it is complete', async () => {
  const line = say('b', 1)
  await folder.append('1.json', [say('a')])
  const path = join(folder.logDir, '1.json')
  await reading(new Reader(folder.logDir), async (reader) => {
    await appendFile(path, line.slice(0, 150))
    await reader.until('a')
    await reader.until(undefined)
    expect(reader.said).toEqual(['a'])
    expect(reader.position?.offset).toBe(say('a').length + 1)
    await appendFile(path, `${line.slice(150)}\n`)
    await reader.until('b')
  })
})

test('without following it ends at the end, and a last line needs no newline', async () => {
  await folder.append('1.json', [say('a')])
  await writeFile(join(folder.logDir, '2.json'), say('b', 10))
  const reader = new Reader(folder.logDir, { follow: false })
  await expect(reader.until('never')).rejects.toThrow('It ended')
  expect(reader.said).toEqual(['a', 'b'])
})

test('going on from a position, wherever reading stopped, no line is missed or read twice, across rotations', async () => {
  const lines = Array.from({ length: 60 }, (_, i) => say(`line ${i}`, i))
  await folder.append('a.json', lines.slice(0, 20))
  await folder.append('b.json', lines.slice(20, 45))
  await folder.append('c.json', lines.slice(45))
  const said: string[] = []
  let from: FilePosition | undefined
  while (said.length < lines.length) {
    await reading(new Reader(folder.logDir, { from }), async (reader) => {
      await reader.until(`line ${Math.min(said.length + randomInt(10), lines.length - 1)}`)
      said.push(...reader.said)
      from = reader.position
    })
    if (from?.path.endsWith('b.json') === true) {
      await rename(join(folder.logDir, 'b.json'), join(folder.logDir, 'renamed.json'))
    }
  }
  expect(said).toEqual(lines.map((_, i) => `line ${i}`))
})

test('going on where the file is gone tells so once, and begins with the next file', async () => {
  await folder.append('1.json', [say('a')])
  let from: FilePosition | undefined
  await reading(new Reader(folder.logDir), async (reader) => {
    await reader.until('a')
    from = reader.position
  })
  await rm(join(folder.logDir, '1.json'))
  await reading(new Reader(folder.logDir, { from }), async (reader) => {
    await folder.append('2.json', [say('b', 10)])
    await reader.until('b')
    expect(reader.said).toEqual(['b'])
    expect(reader.lost).toEqual([from])
  })
})

test('a file that is removed while it is read is read to its end', async () => {
  await folder.append('1.json', [say('a'), say('b', 1)])
  await reading(new Reader(folder.logDir), async (reader) => {
    await reader.until('a')
    await rm(join(folder.logDir, '1.json'))
    await reader.until('b')
    await folder.append('2.json', [say('c', 10)])
    await reader.until('c')
    expect(reader.lost).toEqual([])
  })
})
