import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { AcknowledgedLoad } from './acknowledged-load.ts'
import { startServer, type ServerProcess } from './server-process.ts'

const apiKey = 'e2e_bootstrap_key_0123456789abcdef'
const env = { AUDIT_BOOTSTRAP_API_KEY: apiKey }
const loadMs = 1500

/** strace is asked for what it is needed for: a container may have it and yet forbid ptrace. */
function findObstacle(): string | undefined {
  const tried = spawnSync('strace', ['-f', '--seccomp-bpf', '-qq', '-e', 'trace=fsync', 'true'])
  if (tried.error) return `strace is not installed (${tried.error.message})`
  return tried.status === 0 ? undefined : `strace does not work here: ${tried.stderr.toString().trim()}`
}
const obstacle = findObstacle()

/** A sync that strace made fail: of which file, and when. */
type FailedSync = { path: string; atMs: number }

/** The places where a sync can fail. strace counts the calls of each thread of its own, so a place fails more than once. */
const places: { place: string; only?: string; nth: number }[] = [
  { place: 'a new segment of the journal', only: 'journal/0000000000000001.segment', nth: 1 },
  { place: 'a segment in use', only: 'journal/0000000000000001.segment', nth: 4 },
  { place: 'the directory of the journal', only: 'journal', nth: 1 },
  { place: 'the mark of what is applied', only: 'journal/applied.next', nth: 1 },
  { place: 'the settings', only: 'settings.sqlite-wal', nth: 1 },
  ...[2, 5, 6, 7, 10].map((nth) => ({ place: `call ${nth} of every thread`, nth })),
]

describe('a disk that fails to sync', () => {
  const seed = Number(process.env['SYNC_SEED'] ?? Date.now() % 1_000_000)
  let folder: string
  let server: ServerProcess | undefined
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aleph-syncs-'))
  })
  afterEach(async () => {
    await server?.kill()
    await rm(folder, { recursive: true, force: true })
  })

  it.for(places)(
    `acknowledges nothing that it may lose at $place (SYNC_SEED=${seed})`,
    async ({ only, nth }, context) => {
      if (obstacle !== undefined) context.skip(obstacle)
      const dataDir = join(folder, 'data')
      const load = new AcknowledgedLoad(seed + nth, join(folder, 'acknowledged'))
      const trace = join(folder, 'trace')
      const under = injectingSyncErrors(trace, nth, only === undefined ? undefined : join(dataDir, only))
      let refusal = ''
      server = await startServer({ dataDir, env, under }).catch((error: unknown) => {
        refusal = String(error)
        return undefined
      })
      if (server) {
        const stop = load.run({ url: server.url, apiKey }, 8)
        await Promise.race([server.ended, delay(loadMs)])
        // On a busy machine it takes longer until a thread has made so many calls.
        await vi.waitFor(async () => expect((await readFailedSyncs(trace)).length).toBeGreaterThan(0), {
          timeout: 60_000,
          interval: 200,
        })
        await stop()
      }
      const failed = await readFailedSyncs(trace)
      expect(failed.length, 'a sync was made to fail').toBeGreaterThan(0)
      // A start is refused in words, not by a crash.
      if (!server) expect(refusal).toMatch(/ended with 1 before it was ready/)
      const ofJournal = failed.find(({ path }) => /\/journal(\/\d+\.segment)?$/.test(path))
      if (server && ofJournal) {
        expect(await server.ended).toBe(1)
        const after = load.answers.filter(({ beganMs }) => beganMs > ofJournal.atMs)
        expect(after.filter(({ status }) => status === 201)).toEqual([])
      }
      await server?.kill()
      server = await startServer({ dataDir, env })
      await load.check({ url: server.url, apiKey })
      expect(await server.fsck()).toMatchObject({ isSound: true })
      expect(await server.stop()).toBe(0)
    },
  )
})

/** Runs the server so that the nth sync of each thread (of one file, if it is named) fails. */
function injectingSyncErrors(trace: string, nth: number, only: string | undefined): string[] {
  const calls = 'fsync,fdatasync'
  const inject = `inject=${calls}:error=EIO:when=${nth}`
  const paths = only === undefined ? [] : ['-P', only]
  // -D: the server is our child, and strace its grandchild's parent, so that signals reach the server.
  return [
    'strace',
    '-D',
    '-f',
    '-y',
    '-qq',
    '-ttt',
    '-o',
    trace,
    ...paths,
    '-e',
    `trace=${calls}`,
    '-e',
    inject,
  ]
}

/** What strace made fail, in the order of time. A call that another thread interrupts is written in two lines. */
async function readFailedSyncs(trace: string): Promise<FailedSync[]> {
  const failed: FailedSync[] = []
  const pathOf = new Map<string, string>()
  for (const line of (await readFile(trace, 'utf8')).split('\n')) {
    const [, thread = '', seconds = '', rest = ''] = /^(\d+) +(\d+\.\d+) (.*)$/.exec(line) ?? []
    const path = /sync\(\d+<([^>]*)>/.exec(rest)?.[1]
    if (path !== undefined) pathOf.set(thread, path)
    if (rest.includes('(INJECTED)')) {
      failed.push({ path: pathOf.get(thread) ?? '', atMs: Number(seconds) * 1000 })
    }
  }
  return failed
}
