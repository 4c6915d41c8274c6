// A comment within a comment is not read, and the name then is not known.
const blank = String.raw`(?:\s|--[^\n]*\n|/\*(?:(?!/\*|\*/)[^])*\*/)`
const name = String.raw`("(?:[^"]|"")*"|[^\s"(;]+)`
const execute = new RegExp(`^${blank}*execute${blank}+${name}`, 'i')
const prepare = new RegExp(`^${blank}*prepare${blank}+${name}`, 'i')
const deallocate = new RegExp(`^${blank}*deallocate${blank}+(?:prepare${blank}+)?${name}`, 'i')

/** The statement that `EXECUTE name` executes; undefined for every other text. */
export function executedName(sql: string): string | undefined {
  return nameIn(execute, sql)
}

/** The name in `PREPARE name AS ...`. */
export function preparedName(sql: string): string | undefined {
  return nameIn(prepare, sql)
}

/** The name in `DEALLOCATE name`. */
export function deallocatedName(sql: string): string | undefined {
  return nameIn(deallocate, sql)
}

/** What is looked at: a name has at most 63 bytes. */
const headUnits = 2000

function nameIn(pattern: RegExp, sql: string): string | undefined {
  const found = pattern.exec(sql.length > headUnits ? sql.slice(0, headUnits) : sql)?.[1]
  if (found === undefined) return undefined
  return found.startsWith('"') ? found.slice(1, -1).replaceAll('""', '"') : found.toLowerCase()
}
