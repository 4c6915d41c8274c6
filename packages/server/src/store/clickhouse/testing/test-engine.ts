import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmbeddedEngine } from '../embedded-engine.ts'
import type { Engine } from '../engine.ts'

/** Runs `work` with an embedded engine on a directory of its own, which is removed afterwards. */
export async function withTestEngine(work: (engine: Engine) => Promise<void>): Promise<void> {
  const path = await mkdtemp(join(tmpdir(), 'test-engine-'))
  try {
    const engine = await openEmbeddedEngine({
      path,
      memoryBytesMax: 700_000_000,
      queryMemoryBytesMax: 400_000_000,
      queryTimeMs: { apply: 60_000, interactive: 60_000, long: 60_000 },
    })
    try {
      await work(engine)
    } finally {
      await engine.close()
    }
  } finally {
    await rm(path, { recursive: true, force: true })
  }
}
