// `npm start`: sets up what is missing or stale, then runs the server until it ends.
import { join } from 'node:path'
import { prepare, root } from './prepare.mjs'
import { runProgram } from './run-program.mjs'

if (await prepare()) {
  process.exitCode = await runProgram(
    join(root, 'packages', 'server', 'dist', 'main.js'),
    process.argv.slice(2),
  )
} else {
  process.exitCode = 1
}
