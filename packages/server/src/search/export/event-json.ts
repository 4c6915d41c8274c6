import { Buffer } from 'node:buffer'
import { serverOnlyFields } from '@aleph-audit-log/domain/api/events'

/** What cells are made from, as paths into a stored event. */
const paths = [
  'id',
  'type',
  'occurredAt',
  'receivedAt',
  'outcome',
  'source',
  'actor.type',
  'actor.id',
  'actor.name',
  'actor.email',
  'data',
  'data.sql',
  'data.error',
  'data.database',
  'data.durationMs',
  'data.rows',
  'data.dialect',
  'data.login',
  'targets',
  'context.ip',
  'context.application',
  'context.userAgent',
  'context.sessionId',
  'context.requestId',
  'statement.kind',
  'statement.tables',
  'statement.fingerprint',
  'attribution.login',
  'attribution.tool',
  'tags',
  'policy',
  'statement.tables.name',
] as const

export type EventPath = (typeof paths)[number]

/** The place of a path's value among those of an event. */
export type EventField = number

const hiddenPaths = [...serverOnlyFields]
const allPaths: readonly string[] = [...paths, ...hiddenPaths]

export function fieldOf(path: EventPath): EventField {
  return allPaths.indexOf(path)
}

const dataField = fieldOf('data')
const sqlField = fieldOf('data.sql')
const firstHiddenField = paths.length

type Member = {
  key: Buffer
  /** -1: no cell is made from it. */
  field: EventField
  members: Members | undefined
  /** Another one with the same number. */
  next: Member | undefined
  /** Which came after it in the event before: nearly always the same one again. */
  follower: Member | undefined
}
/** The members of an object that are looked for, by a number made from their keys. */
type Members = { byNumber: (Member | undefined)[]; first: Member | undefined }

/** So many keys of which no cell is made are remembered as followers. */
const strangersMax = 512
const strangerBytesMax = 32

const buckets = 64
const bucketOf = (length: number, first: number, last: number): number =>
  (length * 7 + first + last) & (buckets - 1)

function membersUnder(prefix: string): Members | undefined {
  const under = allPaths.filter((path) => path.startsWith(prefix))
  const keys = new Set(under.map((path) => path.slice(prefix.length).split('.')[0] ?? ''))
  if (keys.size === 0) return undefined
  const members: Members = { byNumber: Array.from({ length: buckets }), first: undefined }
  for (const name of keys) {
    const key = Buffer.from(name)
    const at = bucketOf(key.length, key[0]!, key.at(-1)!)
    const path = `${prefix}${name}`
    members.byNumber[at] = {
      key,
      field: allPaths.indexOf(path),
      members: membersUnder(`${path}.`),
      next: members.byNumber[at],
      follower: undefined,
    }
  }
  return members
}

const none: Members = { byNumber: [], first: undefined }
const eventMembers = membersUnder('') ?? none
const tableMembers = membersUnder('statement.tables.') ?? none
const tablesField = fieldOf('statement.tables')
const tableNameField = fieldOf('statement.tables.name')

const quote = 0x22
const comma = 0x2c
const backslash = 0x5c
const openBrace = 0x7b
/** Up to here a loop finds the end of a text sooner than a native call. */
const loopBytesMax = 48

/**
 * Finds the values of a stored event in its JSON without parsing it. The JSON is what JSON.stringify gave for a whole
 * event: no white space, no key twice, control characters escaped.
 */
export class EventJson {
  json: Buffer = Buffer.alloc(0)
  /** Where the event's JSON begins and ends. */
  start = 0
  end = 0
  /** Of each field: where its value begins (0: the event has none) and ends, and where its key begins. */
  readonly starts = new Int32Array(allPaths.length)
  readonly ends = new Int32Array(allPaths.length)
  readonly #keyStarts = new Int32Array(allPaths.length)
  /** What may be left out, in the order of the JSON; what was found in another event stands behind `#cutCount`. */
  readonly #cuts: EventField[] = []
  #cutCount = 0
  #strangers = 0

  /** Throws an Error for what is no object. */
  read(json: Buffer, start: number, end: number): void {
    this.json = json
    this.start = start
    this.end = end
    this.starts.fill(0)
    this.#cutCount = 0
    if (this.#readObject(start, eventMembers) !== end) throw new Error('A stored event is no JSON.')
  }

  /**
   * Hands over the pieces of the event's JSON without what only the server needs, and without `data` or `data.sql`;
   * ends early when `write` gives false.
   */
  writeRest(without: 'data' | 'sql' | undefined, write: (from: number, to: number) => boolean): boolean {
    const { json } = this
    let at = this.start
    for (let i = 0; i < this.#cutCount; i++) {
      const field = this.#cuts[i]!
      if (field === dataField && without !== 'data') continue
      if (field === sqlField && without !== 'sql') continue
      const start = this.#keyStarts[field]!
      const end = this.ends[field]!
      // The comma before it goes with it; where there is none any more, the one behind it.
      const hasComma = json[start - 1] === comma && start > at
      const from = hasComma ? start - 1 : start
      if (from > at && !write(at, from)) return false
      at = hasComma || json[end] !== comma ? end : end + 1
    }
    return write(at, this.end)
  }

  /** Hands over the places of the names of the statement's tables; ends early when `write` gives false. */
  writeTableNames(write: (from: number, to: number) => boolean): boolean {
    const { json, starts, ends } = this
    let at = starts[tablesField]! + 1
    while (json[at] === openBrace) {
      starts[tableNameField] = 0
      at = this.#readObject(at, tableMembers) + 1
      if (starts[tableNameField] !== 0 && !write(starts[tableNameField], ends[tableNameField]!)) return false
    }
    return true
  }

  /** Reads the object at `start`, whose members are looked for, and gives the place behind it. */
  #readObject(start: number, members: Members): number {
    const { json } = this
    let at = start + 1
    let previous: Member | undefined
    // Strictly growing, so that no broken text is read forever.
    while (at < this.end && json[at] === quote) {
      const keyStart = at
      let member = previous === undefined ? members.first : previous.follower
      let keyEnd = keyStart + 1
      if (member !== undefined && isKey(json, keyEnd, member.key)) keyEnd += member.key.length
      else {
        while (keyEnd < this.end && json[keyEnd] !== quote) keyEnd += json[keyEnd] === backslash ? 2 : 1
        member = findMember(json, keyStart + 1, keyEnd, members) ?? this.#meet(keyStart + 1, keyEnd)
        if (previous === undefined) members.first = member
        else previous.follower = member
      }
      previous = member
      at = this.#readMember(member, keyStart, keyEnd + 2)
      if (json[at] !== comma) break
      at++
    }
    return at + 1
  }

  /** Notes where the value at `start` stands, and gives the place behind it. */
  #readMember(member: Member | undefined, keyStart: number, start: number): number {
    if (member === undefined) return this.#skip(start)
    const { field, members } = member
    if (field === dataField || field === sqlField || field >= firstHiddenField)
      this.#cuts[this.#cutCount++] = field
    const isObject = members !== undefined && this.json[start] === openBrace
    const end = isObject ? this.#readObject(start, members) : this.#skip(start)
    if (field < 0) return end
    this.starts[field] = start
    this.ends[field] = end
    this.#keyStarts[field] = keyStart
    return end
  }

  /** A key of which no cell is made, to be known when it comes again at this place; undefined if it will not be. */
  #meet(start: number, end: number): Member | undefined {
    if (this.#strangers === strangersMax || end - start > strangerBytesMax) return undefined
    this.#strangers++
    const key = Buffer.from(this.json.subarray(start, end))
    return { key, field: -1, members: undefined, next: undefined, follower: undefined }
  }

  /** The place behind the value at `at`. */
  #skip(at: number): number {
    const { json, end } = this
    const first = json[at]
    if (first === quote) return this.#skipText(at)
    let i = at
    let depth = 0
    while (i < end) {
      const byte = json[i]
      if (byte === quote) {
        i = this.#skipText(i)
        continue
      }
      if (byte === openBrace || byte === 0x5b) depth++
      else if (byte === 0x7d || byte === 0x5d) {
        // A number ends with its object.
        if (depth === 0) return i
        if (--depth === 0) return i + 1
      } else if (byte === comma && depth === 0) return i
      i++
    }
    return i
  }

  #skipText(start: number): number {
    const { json, end } = this
    let at = start + 1
    while (at < end) {
      const loopEnd = Math.min(at + loopBytesMax, end)
      while (at < loopEnd) {
        const byte = json[at]
        if (byte === quote) return at + 1
        at += byte === backslash ? 2 : 1
      }
      const found = json.indexOf(quote, at)
      if (found < 0) return end
      // Escaped, if an odd number of backslashes stands before it.
      let before = found
      while (before > at && json[before - 1] === backslash) before--
      if (((found - before) & 1) === 0) return found + 1
      at = found + 1
    }
    return end
  }
}

function findMember(json: Buffer, start: number, end: number, members: Members): Member | undefined {
  const length = end - start
  if (length === 0) return undefined
  let member = members.byNumber[bucketOf(length, json[start]!, json[end - 1]!)]
  while (member !== undefined && (member.key.length !== length || !isKey(json, start, member.key)))
    member = member.next
  return member
}

/** True if this key, and no longer one, stands there. */
function isKey(json: Buffer, start: number, key: Buffer): boolean {
  const { length } = key
  for (let i = 0; i < length; i++) if (json[start + i] !== key[i]) return false
  return json[start + length] === quote
}
