import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

/**
 * A rule that is misspelt, moved to another plugin or in need of type information is not active, and nothing says so.
 * Each of these is broken once, by a file of its own.
 */
const violations: { rule: string; path: string; source: string }[] = [
  {
    rule: 'eslint(max-lines)',
    path: 'long-file.ts',
    source: Array.from({ length: 401 }, (_, number) => `export const value${number} = ${number}\n`).join(''),
  },
  {
    rule: 'eslint(max-lines-per-function)',
    path: 'long-function.ts',
    source: `export function long(): number {\n  let sum = 0\n${'  sum += 1\n'.repeat(70)}  return sum\n}\n`,
  },
  {
    rule: 'eslint(max-lines-per-function)',
    path: 'long-component.tsx',
    source: `export function Long(): number {\n  let sum = 0\n${'  sum += 1\n'.repeat(250)}  return sum\n}\n`,
  },
  {
    rule: 'import(no-cycle)',
    path: 'cycle-a.ts',
    source: "import { b } from './cycle-b.ts'\nexport function a(): void {\n  b()\n}\n",
  },
  {
    rule: 'import(no-cycle)',
    path: 'cycle-b.ts',
    source: "import { a } from './cycle-a.ts'\nexport function b(): void {\n  a()\n}\n",
  },
  {
    rule: 'import(no-default-export)',
    path: 'default.ts',
    source: 'export default function one(): void {}\n',
  },
  { rule: 'node(no-process-env)', path: 'env.ts', source: "export const home = process.env['HOME']\n" },
  { rule: 'eslint(no-console)', path: 'console.ts', source: "console.log('x')\n" },
  { rule: 'eslint(no-unused-vars)', path: 'unused-import.ts', source: "import { join } from 'node:path'\n" },
  {
    rule: 'eslint(no-unused-vars)',
    path: 'unused-const.ts',
    source: 'export function f(): void {\n  const x = 1\n}\n',
  },
  { rule: 'eslint(eqeqeq)', path: 'equal.ts', source: 'export const f = (a: number): boolean => a == 1\n' },
  { rule: 'eslint(no-var)', path: 'var.ts', source: 'export var x = 1\n' },
  { rule: 'eslint(prefer-const)', path: 'let.ts', source: 'let x = 1\nexport const y = x\n' },
  {
    rule: 'typescript(no-explicit-any)',
    path: 'any.ts',
    source: 'export const f = (x: any): void => void x\n',
  },
  {
    rule: 'typescript(no-unsafe-return)',
    path: 'unsafe-return.ts',
    source: "export const f = (): number => JSON.parse('1')\n",
  },
  {
    rule: 'typescript(ban-ts-comment)',
    path: 'ignore.ts',
    source: "// @ts-ignore\nexport const x: number = 'x'\n",
  },
  {
    rule: 'typescript(no-floating-promises)',
    path: 'floating.ts',
    source: "import { rm } from 'node:fs/promises'\nexport function f(): void {\n  rm('x')\n}\n",
  },
  {
    rule: 'typescript(no-misused-promises)',
    path: 'misused.ts',
    source:
      "import { rm } from 'node:fs/promises'\nexport const f = (): boolean => {\n  if (rm('x')) return true\n  return false\n}\n",
  },
  {
    rule: 'typescript(switch-exhaustiveness-check)',
    path: 'switch.ts',
    source:
      "export function f(x: 'a' | 'b'): number {\n  switch (x) {\n    case 'a':\n      return 1\n  }\n  return 2\n}\n",
  },
  {
    rule: 'typescript(consistent-type-imports)',
    path: 'type-import.ts',
    source: "import { Stats } from 'node:fs'\nexport const f = (stats: Stats): number => stats.size\n",
  },
  {
    rule: 'react-hooks(rules-of-hooks)',
    path: 'hooks.tsx',
    source:
      "import { useState } from 'react'\nexport function Box({ on }: { on: boolean }): null {\n  if (on) useState(1)\n  return null\n}\n",
  },
]

const allowed = [
  { path: 'config.ts', source: "export const home = process.env['HOME']\n" },
  { path: 'env.test.ts', source: "export const home = process.env['HOME']\n" },
  { path: 'component.tsx', source: violations[1]?.source ?? '' },
]

type Report = { diagnostics: { code: string; filename: string }[] }

const root = join(import.meta.dirname, '..')
let folder: string
let found: Map<string, string[]>

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'aleph-lint-'))
  for (const name of ['.oxlintrc.json', 'tsconfig.base.json'])
    copyFileSync(join(root, name), join(folder, name))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  const compilerOptions = { composite: false, noEmit: true, types: ['node'], jsx: 'react-jsx' }
  write(
    'tsconfig.json',
    JSON.stringify({ extends: './tsconfig.base.json', compilerOptions, include: ['packages'] }),
  )
  for (const { path, source } of [...violations, ...allowed]) write(join('packages/server/src', path), source)
  const oxlint = join(root, 'node_modules', 'oxlint', 'bin', 'oxlint')
  const args = [oxlint, '--type-aware', '--format', 'json', 'packages']
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
  found = new Map()
  try {
    // The format of the linter's own JSON report: a wrong shape fails every test below.
    const report = JSON.parse(stdout) as Report
    for (const { code, filename } of report.diagnostics) {
      const path = filename.slice(filename.lastIndexOf('/') + 1)
      found.set(path, [...(found.get(path) ?? []), code])
    }
  } catch (cause) {
    throw new Error(`oxlint did not report: ${stdout}${stderr}`, { cause })
  }
})

afterAll(() => rmSync(folder, { recursive: true }))

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

test.each(violations)('the linter reports $rule in $path', ({ rule, path }) => {
  expect(found.get(path)).toContain(rule)
})

test.each(allowed)('the linter allows what stands in $path', ({ path }) => {
  expect(found.get(path)).toBeUndefined()
})
