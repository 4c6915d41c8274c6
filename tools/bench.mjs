// `npm run bench`: sets up what is missing or stale, then measures the built server beside its peers.
import { join } from 'node:path'
import { prepare, root } from './prepare.mjs'
import { runProgram } from './run-program.mjs'

if (await prepare()) {
  // Not through the command of tsx, which kills what does not answer a signal within milliseconds: a run that is
  // interrupted has servers to stop and gigabytes to remove.
  const options = ['--import', import.meta.resolve('tsx'), '--conditions=source']
  process.exitCode = await runProgram(join(root, 'bench', 'main.ts'), process.argv.slice(2), options)
} else {
  process.exitCode = 1
}
