// `npm run audit-log -- <command>`: the command line, with its output kept clean of what the set-up says.
import { join } from 'node:path'
import { prepare, root } from './prepare.mjs'
import { runProgram } from './run-program.mjs'

if (await prepare({ quiet: true })) {
  const script = join(root, 'packages', 'server', 'dist', 'cli', 'main.js')
  process.exitCode = await runProgram(script, process.argv.slice(2))
} else {
  process.exitCode = 1
}
