/** What one person did with one table. Times are canonical; every event is counted once, whatever it did. */
export type AccessCount = {
  table: string
  /** The lower-cased e-mail where there is one, else the actor's id, else their name. */
  person: string
  /** Name and e-mail as they stand in the newest of these events; empty where they do not. */
  name: string
  email: string
  count: number
  /** Events that read the table, and that write it: some do both. */
  reads: number
  writes: number
  failed: number
  denied: number
  firstAt: string
  lastAt: string
  tools: ShownValues
  logins: ShownValues
  applications: ShownValues
}

/** The first so many different values in the order of their bytes, and how many there are; missing ones are left out. */
export type ShownValues = { values: string[]; total: number }

export type AccessQuestion = {
  /** Names exactly as they stand in events. */
  tables: readonly string[]
  linesMax: number
  valuesMax: number
}

/** The first lines by table, then the most frequent person first; `total` tells how many there are. */
export type AccessCounts = { lines: AccessCount[]; total: number }
