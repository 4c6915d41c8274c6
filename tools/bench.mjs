// `npm run bench`: sets up what is missing or stale, then measures the built server beside its peers.
import { join } from 'node:path'
import { prepare, root } from './prepare.mjs'
import { runProgram } from './run-program.mjs'

if (await prepare()) {
  const tsx = join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs')
  const main = join(root, 'bench', 'main.ts')
  process.exitCode = await runProgram(tsx, ['--conditions=source', main, ...process.argv.slice(2)])
} else {
  process.exitCode = 1
}
