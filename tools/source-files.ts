import { readdirSync, readFileSync } from 'node:fs'
import { join, posix, relative, sep } from 'node:path'

export type SourceFile = {
  /** From the root of the checkout, with `/`. */
  path: string
  text: string
  /** What it imports and re-exports, as written; of what is imported by `import()` the literal ones. */
  imports: string[]
}

const root = join(import.meta.dirname, '..')

/** Every file below a folder of the checkout that people write; what is built and installed is left out. */
export function readSourceFiles(folder: string): SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !/(^|\/)(node_modules|dist|\.cache)\//.test(path))
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8')
      return { path, text, imports: /\.(ts|tsx|mjs)$/.test(path) ? findImports(text) : [] }
    })
}

/** The path that a relative import means, from the root of the checkout. */
export function resolveImport(file: SourceFile, specifier: string): string {
  return posix.join(posix.dirname(file.path), specifier)
}

export function isTest(path: string): boolean {
  return /\.test\.tsx?$/.test(path) || path.includes('/testing/')
}

function findImports(text: string): string[] {
  const found = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^'\n]+)'/g)
  return [...found].flatMap(([, specifier]) => (specifier === undefined ? [] : [specifier]))
}
