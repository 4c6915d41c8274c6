import type { Pattern } from '../filter/filter.ts'
import { matchesWhole, wildcardPattern } from '../filter/pattern.ts'
import type { Statement } from '../event.ts'
import { toSearchText } from '../search-text.ts'

/** What is said of the tables of a name or pattern, or of one column of theirs. */
export type TagRule = {
  /** `prod.hr.people`, or with `*` for any text: `prod.hr.*`. */
  pattern: string
  column?: string | undefined
  tags: readonly string[]
}

/** Tags in their order, the same list for the same tags. */
export type TagList = readonly string[]

type ColumnTags = { column: string; tags: TagList }
type TableTags = { tags: TagList; columns: readonly ColumnTags[] }

/** The tags of tables and columns, ready to be asked for each event. */
export type TagIndex = {
  /**
   * The tags of a statement's table, the one at this place. A column's tags count where the statement has the flag
   * `select_star`, or names the column anywhere: a reading of words, not of what the query gives back.
   */
  tagsOf: (statement: Statement, place: number, database: string) => TagList
  /** Whether some column of this table has tags, so that the words of a statement matter. */
  hasColumnTags: (table: string, database: string) => boolean
  isEmpty: boolean
}

/** Tables and queries that were looked up are remembered, so many of each. */
const rememberedMax = 50_000
/** Longer keys are looked up each time, so that what is remembered does not grow with what senders make up. */
const keyUnitsMax = 1024
/** No engine knows longer names: such a table has no tags, and such a database is as good as none. */
const tableUnitsMax = 4096
const databaseUnitsMax = 1024
/** No engine knows names of more parts: the whole, and what begins with one of so many last parts, is looked for. */
const partsMax = 16
const noTags: TagList = Object.freeze([])
const noTableTags: TableTags = { tags: noTags, columns: [] }

type Exact = { parts: readonly string[]; rule: TagRule }
/** `piece` stands within one part of each name that the pattern means. */
type PatternRule = { pattern: Pattern; piece: string; rule: TagRule }

/** Of a statement with more tables it is looked first which patterns can mean any of them. */
const fewTables = 20

/**
 * Makes the index. A rule is meant by a name as `table:` of the search language means it: regardless of case, and without
 * its first parts (`hr.people` for `prod.hr.people`). A name in SQL that says less than the rule is meant, too, unless the
 * event's database is another one than the first of the rule's three parts: who writes `people` may mean any schema's.
 */
export function buildTagIndex(rules: readonly TagRule[]): TagIndex {
  const exact = new Map<string, Exact[]>()
  const patterns: PatternRule[] = []
  for (const rule of rules) {
    if (rule.pattern.includes('*')) patterns.push(toPatternRule(rule))
    else for (const suffix of suffixesOf(toSearchText(rule.pattern))) push(exact, suffix, toExact(rule))
  }
  const lists = new TagLists()
  const ofTables = new Map<string, TableTags>()
  const ofQueries = new Map<string, TagList>()
  // Statements that are alike share their tables, in whatever database.
  const possibleOf = new WeakMap<Statement['tables'], { database: string; found: readonly PatternRule[] }>()
  const possible = (tables: Statement['tables'], database: string): readonly PatternRule[] => {
    if (tables.length <= fewTables) return patterns
    const known = possibleOf.get(tables)
    if (known?.database === database) return known.found
    const text = toSearchText([database, ...tables.map(({ name }) => name)].join('\n'))
    const found = patterns.filter(({ piece }) => text.includes(piece))
    possibleOf.set(tables, { database, found })
    return found
  }
  // Of a statement of many tables its words are read once for each column.
  const namedIn = new WeakMap<Statement, Map<string, boolean>>()
  const isNamed = (statement: Statement, column: string): boolean => {
    const known = namedIn.get(statement) ?? new Map<string, boolean>()
    namedIn.set(statement, known)
    const named = known.get(column) ?? hasWord(toSearchText(statement.normalized), column)
    known.set(column, named)
    return named
  }
  const find = (table: string, databaseOfEvent: string, tables: Statement['tables'] = []): TableTags => {
    const database = databaseOfEvent.length > databaseUnitsMax ? '' : databaseOfEvent
    const key = `${database}\u0000${table}`
    const known = ofTables.get(key)
    if (known) return known
    const names = [toSearchText(table), toSearchText(database)] as const
    const found = toTableTags(findRules(...names, exact, possible(tables, database)), lists)
    remember(ofTables, key, found)
    return found
  }
  return {
    isEmpty: rules.length === 0,
    hasColumnTags: (table, database) => rules.length > 0 && find(table, database).columns.length > 0,
    tagsOf: (statement, place, database) => {
      const table = statement.tables[place]?.name
      if (table === undefined || rules.length === 0) return noTags
      const { tags, columns } = find(table, database, statement.tables)
      if (columns.length === 0) return tags
      const key = `${statement.fingerprint}\u0000${statement.flags.join()}\u0000${database}\u0000${table}`
      const known = statement.fingerprint === '' ? undefined : ofQueries.get(key)
      if (known) return known
      const named = lists.of([...tags, ...columnTags(statement, columns, isNamed)])
      remember(ofQueries, key, named)
      return named
    },
  }
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  if (key.length > keyUnitsMax) return
  if (map.size >= rememberedMax) map.clear()
  map.set(key, value)
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

/** The same list for the same tags, so that what is remembered of one is remembered of all. */
class TagLists {
  readonly #known = new Map<string, TagList>()

  of(tags: Iterable<string>): TagList {
    const sorted = [...new Set(tags)].sort()
    if (sorted.length === 0) return noTags
    const key = JSON.stringify(sorted)
    const known = this.#known.get(key) ?? Object.freeze(sorted)
    remember(this.#known, key, known)
    return known
  }
}

function suffixesOf(name: string): string[] {
  const parts = name.split('.')
  const starts = parts.map((_, i) => i).filter((i) => i === 0 || i >= parts.length - partsMax)
  return starts.map((i) => parts.slice(i).join('.'))
}

function toPatternRule(rule: TagRule): PatternRule {
  const pieces = toSearchText(rule.pattern).split(/[*.\n]/)
  return {
    pattern: wildcardPattern(rule.pattern.split('*')),
    piece: pieces.reduce((longest, piece) => (piece.length > longest.length ? piece : longest), ''),
    rule,
  }
}

function toExact(rule: TagRule): Exact {
  return { parts: toSearchText(rule.pattern).split('.'), rule }
}

function findRules(
  table: string,
  database: string,
  exact: ReadonlyMap<string, readonly Exact[]>,
  patterns: readonly PatternRule[],
): TagRule[] {
  if (table.length > tableUnitsMax) return []
  const parts = table.split('.')
  const found: TagRule[] = []
  const names = suffixesOf(table)
  for (const name of names) {
    for (const { parts: wanted, rule } of exact.get(name) ?? []) {
      // The rule says no more than the name, or the name says less than the rule.
      const isWhole = wanted.join('.') === name
      const saysLess = name === table && wanted.length > parts.length
      const isElsewhere = wanted.length > 2 && database !== '' && wanted[0] !== database
      if (isWhole || (saysLess && !isElsewhere)) found.push(rule)
    }
  }
  const qualified = database === '' || parts.length > 2 ? names : [`${database}.${table}`, ...names]
  for (const { pattern, rule } of patterns)
    if (qualified.some((name) => matchesWhole(pattern, name))) found.push(rule)
  return found
}

function toTableTags(rules: readonly TagRule[], lists: TagLists): TableTags {
  if (rules.length === 0) return noTableTags
  const columns = new Map<string, string[]>()
  for (const { column, tags } of rules)
    if (column !== undefined) for (const tag of tags) push(columns, toSearchText(column), tag)
  return {
    tags: lists.of(rules.flatMap(({ column, tags }) => (column === undefined ? tags : []))),
    columns: [...columns].map(([column, tags]) => ({ column, tags: lists.of(tags) })),
  }
}

function columnTags(
  statement: Statement,
  columns: readonly ColumnTags[],
  isNamed: (statement: Statement, column: string) => boolean,
): string[] {
  const isWhole = statement.flags.includes('select_star')
  return columns.flatMap(({ column, tags }) => (isWhole || isNamed(statement, column) ? tags : []))
}

const wordCharacter = /[\p{L}\p{N}_$]/u

function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const before = text[at - 1] ?? ' '
    const after = text[at + word.length] ?? ' '
    if (!wordCharacter.test(before) && !wordCharacter.test(after)) return true
  }
  return false
}
