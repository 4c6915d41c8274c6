import { existsSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isTest, readSourceFiles, resolveImport, type SourceFile } from './source-files.ts'

/**
 * The rules of the code base that no linter knows. Each test collects what breaks its rule, so a failure lists it all.
 * CONTRIBUTING.md tells the reasons.
 */

const root = join(import.meta.dirname, '..')
const packages = ['domain', 'server', 'sdk', 'web'] as const
const packageFiles = new Map(packages.map((name) => [name, readSourceFiles(`packages/${name}/src`)]))
const sources = packages.flatMap((name) => packageFiles.get(name) ?? [])
const tools = ['tools', 'e2e', 'bench']
  .filter((name) => existsSync(join(root, name)))
  .flatMap(readSourceFiles)
const migrations = readSourceFiles('packages/server/migrations')
const everything = [...sources, ...migrations, ...tools]
const thisFile = 'tools/tidy.test.ts'

function filesOf(name: (typeof packages)[number]): SourceFile[] {
  return packageFiles.get(name) ?? []
}

test('the rules look at the files and imports that there are', () => {
  expect(filesOf('server').length).toBeGreaterThan(100)
  expect(filesOf('domain').length).toBeGreaterThan(30)
  expect(filesOf('web').length).toBeGreaterThan(40)
  expect(filesOf('sdk').length).toBeGreaterThan(5)
  expect(filesOf('server').flatMap((file) => file.imports).length).toBeGreaterThan(500)
})

describe('folders of the server', () => {
  /** From the top: each row may import the rows below it. */
  const rows = [
    // The program of the command line can open a data directory itself, so it puts a server together as main does.
    ['.', 'cli'],
    ['http', 'capture', 'jobs'],
    ['ingest', 'search', 'insights', 'detect', 'policy'],
    ['access', 'settings'],
    ['store', 'journal'],
  ]
  /** In the same row, these alone may import each other. */
  const neighbours = new Set(['cli .', 'access settings', 'settings access', 'insights search'])
  /** Files beside main.ts that know nothing of the rest. */
  const leaves = new Set(['config.ts', 'log.ts', 'package-folder.ts', 'remember.ts'])
  const base = 'packages/server/src'

  function folderOf(path: string): string {
    const [first = '', ...rest] = posix.relative(base, path).split('/')
    return rest.length === 0 ? '.' : first
  }
  function rowOf(folder: string): number {
    return rows.findIndex((row) => row.includes(folder))
  }
  const files = filesOf('server').filter((file) => !isTest(file.path))
  const edges = files.flatMap((file) =>
    file.imports
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => ({ from: file.path, to: resolveImport(file, specifier) })),
  )

  test('are all in the dependency rule', () => {
    expect(files.map((file) => folderOf(file.path)).filter((folder) => rowOf(folder) < 0)).toEqual([])
  })

  test('import what stands below them, as ARCHITECTURE.md says', () => {
    const wrong = edges.filter(({ from, to }) => {
      const [importer, imported] = [folderOf(from), folderOf(to)]
      if (importer === imported || neighbours.has(`${importer} ${imported}`)) return false
      if (leaves.has(posix.relative(base, to))) return false
      return rowOf(imported) <= rowOf(importer)
    })
    expect(wrong).toEqual([])
    expect(edges.filter(({ from, to }) => folderOf(from) !== folderOf(to)).length).toBeGreaterThan(50)
  })

  test('leave the engines behind the store to those who put the server together', () => {
    const wrong = edges.filter(({ from, to }) => {
      const engine = /^packages\/server\/src\/store\/(clickhouse|memory)\//.exec(to)?.[0]
      return engine !== undefined && !from.startsWith(engine) && folderOf(from) !== '.'
    })
    expect(wrong).toEqual([])
  })

  test('seal a search in access/restrict-to-viewer.ts alone', () => {
    const seals = files.filter((file) => /\bsealSearch\b/.test(file.text)).map((file) => file.path)
    expect(seals).toEqual([`${base}/access/restrict-to-viewer.ts`, `${base}/store/restricted-search.ts`])
  })
})

describe('packages', () => {
  const own = /^@aleph-audit-log\//

  test('domain imports nothing of ours and does no input or output', () => {
    const wrong = filesOf('domain')
      .filter((file) => !isTest(file.path))
      .flatMap((file) => file.imports.map((specifier) => ({ path: file.path, specifier })))
      .filter(({ specifier }) => own.test(specifier) || specifier.startsWith('node:'))
    expect(wrong).toEqual([])
  })

  test('web imports the domain and nothing else of ours', () => {
    const ours = filesOf('web')
      .filter((file) => !isTest(file.path))
      .flatMap((file) => file.imports)
      .filter((specifier) => own.test(specifier))
    expect(ours.filter((specifier) => !specifier.startsWith('@aleph-audit-log/domain/'))).toEqual([])
    expect(ours.length).toBeGreaterThan(0)
  })

  test('reach each other by name, never by a path', () => {
    const wrong = packages.flatMap((name) =>
      filesOf(name).flatMap((file) =>
        file.imports
          .filter((specifier) => specifier.startsWith('.'))
          .map((specifier) => ({ from: file.path, to: resolveImport(file, specifier) }))
          .filter(({ to }) => !to.startsWith(`packages/${name}/`)),
      ),
    )
    expect(wrong).toEqual([])
  })

  test('leave testing folders to tests', () => {
    const wrong = sources
      .filter((file) => !isTest(file.path))
      .flatMap((file) => file.imports.map((specifier) => ({ path: file.path, specifier })))
      .filter(({ specifier }) => specifier.includes('/testing/'))
    expect(wrong).toEqual([])
  })
})

describe('names', () => {
  const vague = /^(utils?|common|shared|helpers?|lib|core|managers?|services?|misc)$/

  test('of folders and files say what is in them', () => {
    const wrong = everything.filter((file) =>
      file.path
        .split('/')
        .slice(1)
        .some((step) => vague.test(step.replace(/\..*$/, ''))),
    )
    expect(wrong.map((file) => file.path)).toEqual([])
  })

  test('of files are in kebab case', () => {
    const wrong = everything.filter((file) => {
      const name = posix.basename(file.path)
      // Migrations; the corpus has a file for each dialect.
      if (name.endsWith('.sql') && file.path.includes('/migrations/'))
        return !/^\d{4}_[a-z0-9_]+\.sql$/.test(name)
      return !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)+$/.test(name)
    })
    expect(wrong.map((file) => file.path)).toEqual([])
  })
})

describe('code', () => {
  /** `path:line` of every match. */
  function places(files: SourceFile[], pattern: RegExp): string[] {
    return files.flatMap((file) =>
      file.text
        .split('\n')
        .flatMap((line, index) => (pattern.test(line) ? [`${file.path}:${index + 1} ${line.trim()}`] : [])),
    )
  }
  const others = everything.filter((file) => file.path !== thisFile)

  test('reads the environment in config.ts', () => {
    const files = sources.filter(
      (file) => !isTest(file.path) && file.path !== 'packages/server/src/config.ts',
    )
    expect(places(files, /\bprocess\s*\.\s*env\b|\bimport\.meta\.env\b(?!\.(DEV|PROD)\b)/)).toEqual([])
    expect(places(files, /import\s.*\benv\b.*from 'node:process'/)).toEqual([])
  })

  test('has no marks of work left to do', () => {
    expect(places(others, /\b(TODO|FIXME|HACK|XXX)\b/)).toEqual([])
  })

  test('has no test that is skipped for good, alone, or expected to fail', () => {
    const files = others.filter((file) => isTest(file.path) || file.path.startsWith('e2e/'))
    expect(files.length).toBeGreaterThan(20)
    expect(places(files, /\b(test|it|describe|suite)(\.\w+)*\.(only|skip|todo|fails)\b/)).toEqual([])
  })

  test('has no barrels', () => {
    expect(places(everything, /^export \* (as \w+ )?from /)).toEqual([])
  })

  test('says why where it turns a rule of the linter off', () => {
    const wrong = others.flatMap((file) => {
      const lines = file.text.split('\n')
      return lines.flatMap((line, index) => {
        if (!/(ox|es)lint-disable|@ts-expect-error/.test(line)) return []
        const says =
          / -- |@ts-expect-error \S/.test(line) || /^\s*(\/\/|\{?\/\*)/.test(lines[index - 1] ?? '')
        return says ? [] : [`${file.path}:${index + 1}`]
      })
    })
    expect(wrong).toEqual([])
  })
})

test('migrations are numbered from 1 without gaps', () => {
  const folders = new Map<string, number[]>()
  for (const { path } of migrations) {
    const folder = posix.dirname(path)
    folders.set(folder, [...(folders.get(folder) ?? []), Number(posix.basename(path).slice(0, 4))])
  }
  expect(folders.size).toBeGreaterThanOrEqual(2)
  for (const [folder, numbers] of folders) {
    const expected = Array.from(numbers, (_, index) => index + 1)
    expect({ folder, numbers: numbers.toSorted((a, b) => a - b) }).toEqual({ folder, numbers: expected })
  }
})

describe('dependencies', () => {
  type Manifest = {
    dependencies?: Record<string, string>
    devDependencies?: Record<string, string>
    optionalDependencies?: Record<string, string>
    peerDependencies?: Record<string, string>
    allowScripts?: Record<string, boolean>
  }
  type Lock = {
    packages: Record<
      string,
      { version?: string; resolved?: string; link?: boolean; hasInstallScript?: boolean }
    >
  }
  function readJson(path: string): unknown {
    return JSON.parse(readFileSync(join(root, path), 'utf8'))
  }
  const manifestPaths = ['package.json', ...packages.map((name) => `packages/${name}/package.json`)]
  // npm wrote or checked these files: a wrong shape fails the tests below.
  const manifests = manifestPaths.map((path) => ({ path, manifest: readJson(path) as Manifest }))
  const lock = readJson('package-lock.json') as Lock

  test('have exact versions', () => {
    const wrong = manifests.flatMap(({ path, manifest }) =>
      Object.entries({
        ...manifest.dependencies,
        ...manifest.devDependencies,
        ...manifest.optionalDependencies,
      })
        .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
        .map(([name, version]) => `${path}: ${name} ${version}`),
    )
    expect(wrong).toEqual([])
  })

  test('are not there for the SDK', () => {
    const sdk = manifests.find(({ path }) => path === 'packages/sdk/package.json')?.manifest
    expect(sdk).toBeDefined()
    expect([sdk?.dependencies, sdk?.optionalDependencies, sdk?.peerDependencies]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    const foreign = filesOf('sdk')
      .filter((file) => !isTest(file.path))
      .flatMap((file) => file.imports)
      .filter((specifier) => !/^(\.|node:)/.test(specifier))
    expect(foreign).toEqual([])
  })

  test('come from whatever registry npm is set up for', () => {
    expect(Object.keys(lock.packages).length).toBeGreaterThan(300)
    const wrong = Object.entries(lock.packages).filter(
      ([, entry]) => entry.resolved !== undefined && entry.link !== true,
    )
    expect(wrong.map(([path]) => path)).toEqual([])
    expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toMatch(
      /registry\.|:\/\/localhost|\/tarball/,
    )
  })

  test('work without their install scripts, which npm is told not to run', () => {
    const scripted = Object.entries(lock.packages)
      .filter(([, entry]) => entry.hasInstallScript === true)
      .map(([path]) => path.replace(/^.*node_modules\//, ''))
    const allowScripts = manifests[0]?.manifest.allowScripts ?? {}
    expect(new Set(scripted)).toEqual(new Set(Object.keys(allowScripts)))
    expect(new Set(Object.values(allowScripts))).toEqual(new Set([false]))
  })
})

test.each(['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'LICENSE'])(
  '%s is there',
  (name) => {
    expect(existsSync(join(root, name))).toBe(true)
  },
)
