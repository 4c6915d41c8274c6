// `npm run dev`: the server from its sources, started again on each change, and the page with hot reloading.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { install, root } from './prepare.mjs'

const pageUrl = 'http://127.0.0.1:5173'

if (install()) {
  const port = process.env['PORT'] ?? '4000'
  const env = {
    UV_THREADPOOL_SIZE: '16',
    // Browsers come through the page's development server: its address is the one whose writes are accepted.
    AUDIT_PUBLIC_URL: pageUrl,
    AUDIT_URL: `http://127.0.0.1:${port}`,
    ...process.env,
  }
  const server = run('tsx/dist/cli.mjs', ['watch', '--conditions=source', 'packages/server/src/main.ts'], env)
  const page = run('vite/bin/vite.js', ['--host', '127.0.0.1', 'packages/web'], env)
  let stopping = false
  // Once: to tsx a second signal means to kill the server without waiting for its end.
  /** @param {NodeJS.Signals} signal */
  const stop = (signal) => {
    if (stopping) return
    stopping = true
    // Ctrl-C in a terminal has reached both already.
    if (signal === 'SIGINT' && process.stdin.isTTY) return
    server.kill(signal)
    page.kill(signal)
  }
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => stop(signal))
  server.once('exit', () => stop('SIGTERM'))
  page.once('exit', () => stop('SIGTERM'))
} else {
  process.exitCode = 1
}

/**
 * @param {string} script path inside node_modules
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
function run(script, args, env) {
  return spawn(process.execPath, [join(root, 'node_modules', script), ...args], {
    cwd: root,
    stdio: 'inherit',
    env,
  })
}
