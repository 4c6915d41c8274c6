import type { PolicyVerdict, StatementKind } from '@aleph-audit-log/domain/event'

/** What queries of the past are grouped by, beside the day, who did it and what kind of statement it was. */
export type QueryGroupsQuestion = {
  /** IANA zone of `hour` and `weekday`. */
  zone: string
  /** With `who` also by everything that tells which person of the directory it was. */
  by: Record<'who' | 'tool' | 'application' | 'network' | 'hour' | 'weekday', boolean>
  /**
   * What a table (with the event's database, lower-cased) is to the question: tables of one class are alike. Asked once for
   * each table of the past; undefined for one that does not matter, or where none does.
   */
  classOf: ((table: string, database: string) => TableClass | undefined) | undefined
  groupsMax: number
}

/** With `byQuery` it matters, too, which query uses such a table. */
export type TableClass = { name: string; byQuery: boolean }

/** That a table of this class is read or written. */
export type ClassUse = { class: string; access: 'read' | 'write' }

/** Queries that are alike in all that was asked; what was not asked is empty. Texts in their searchable form. */
export type QueryGroup = {
  day: string
  /** See `personOf`. */
  person: string
  kind: StatementKind
  /** Each once, by class, reading first. */
  uses: ClassUse[]
  /** The event reads, or writes, some table that does not matter. */
  readsOther: boolean
  writesOther: boolean
  database: string
  email: string
  login: string
  source: string
  /** It has the tag `person.service`. */
  isService: boolean
  tool: string
  application: string
  /** The key of an address of the network; empty for none. */
  ipKey: string
  hour: number
  weekday: number
  fingerprint: string
  selectsStar: boolean
  count: number
  /** In how many of them each of the tables that matter is used, by name. */
  tables: { name: string; count: number }[]
  /** Of the newest of them. */
  lastAt: string
}

export type QueryGroups = { groups: QueryGroup[]; hasMore: boolean }

/** Judged queries of a day and a person with one verdict. */
export type VerdictCount = PolicyVerdict & { day: string; person: string; count: number }
