import { execFileSync } from 'node:child_process'
import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { cpus, release, tmpdir, totalmem, type } from 'node:os'
import { join } from 'node:path'
import { toFigure } from './figures.ts'

const root = join(import.meta.dirname, '..')

/** What the figures were measured on, a line for each thing. */
export function describeMachine(): string[] {
  const processors = cpus()
  return [
    `Processor: ${processors[0]?.model.trim() ?? 'unknown'}, ${processors.length} logical cores`,
    `Memory: ${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
    `System: ${distribution()}, ${type()} ${release()}`,
    `Disk: ${fileSystemOf(tmpdir())}; append of 4 KiB with fdatasync ${fdatasyncMs()} ms (median of 200)`,
    `Node: ${process.versions.node}`,
  ]
}

function distribution(): string {
  return /^PRETTY_NAME="(.*)"$/m.exec(readIfThere('/etc/os-release'))?.[1] ?? process.platform
}

/** The longest mount point that holds the path, with its kind and device. */
function fileSystemOf(path: string): string {
  const mounts = readIfThere('/proc/mounts')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, point = '']) => point === '/' || path === point || path.startsWith(`${point}/`))
    .toSorted(([, a = ''], [, b = '']) => b.length - a.length)
  const [device = 'unknown device', , kind = 'unknown file system'] = mounts[0] ?? []
  return `${kind} on ${device}`
}

/** What one durable write costs here: it bounds every log that acknowledges after its disk has. */
function fdatasyncMs(): string {
  const path = join(tmpdir(), `aleph-bench-fdatasync-${process.pid}`)
  writeFileSync(path, '')
  const file = openSync(path, 'a')
  try {
    const block = Buffer.alloc(4096, 'x')
    const times = Array.from({ length: 200 }, () => {
      const startMs = performance.now()
      writeSync(file, block)
      fdatasyncSync(file)
      return performance.now() - startMs
    })
    return toFigure(times).median.toFixed(2)
  } finally {
    closeSync(file)
    rmSync(path)
  }
}

/** The short hash of the commit, with `+` where the checkout differs from it. */
export function describeCommit(): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
    const own = ['--', 'packages', 'bench', 'tools', 'package-lock.json']
    return `${git('rev-parse', '--short=10', 'HEAD')}${git('status', '--porcelain', ...own) === '' ? '' : '+'}`
  } catch {
    return 'unknown (no git)'
  }
}

/** The version of an installed package. */
export function packageVersion(name: string): string {
  // Every package.json that npm installs has a version.
  const manifest = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as {
    version: string
  }
  return manifest.version
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
