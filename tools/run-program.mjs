import { spawn } from 'node:child_process'
import { availableParallelism, constants } from 'node:os'

/**
 * What Node is told of its threads, which it reads as the process starts: setting it inside has no effect. V8 collects garbage with
 * four helpers, whatever the machine has; on two cores they take these from each other and from those who work (with one
 * 6 to 8 % more events are stored). The embedded engine's calls and the journal's fdatasync share libuv's thread pool;
 * four threads, Node's default, are all taken by four running queries.
 */
export const nodeThreads = {
  options: [`--v8-pool-size=${Math.min(4, Math.max(1, availableParallelism() - 1))}`],
  env: { UV_THREADPOOL_SIZE: '16' },
}

/**
 * Runs a compiled program of the server in a Node of its own, passes signals on to it and waits for its end.
 * @param {string} script
 * @param {string[]} args
 * @param {string[]} [nodeOptions]
 * @returns {Promise<number>} the exit code; 128 plus the signal's number if one ended it
 */
export async function runProgram(script, args, nodeOptions = []) {
  const child = spawn(process.execPath, [...nodeThreads.options, ...nodeOptions, script, ...args], {
    stdio: 'inherit',
    env: { ...nodeThreads.env, ...process.env },
  })
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => child.kill(signal))
  }
  if (process.env['npm_lifecycle_event'] !== undefined) stopWithParent(child)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGTERM']))
  })
}

/**
 * npm passes signals on, but an npm that was killed passes nothing on: its program would keep the data directory to
 * itself, and the next start would be refused. The scripts of package.json say `exec`, so that npm is the parent and no
 * shell stands between, which would be ended by a signal alone.
 * @param {import('node:child_process').ChildProcess} child
 */
function stopWithParent(child) {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    child.kill('SIGTERM')
  }, 500)
  timer.unref()
}
