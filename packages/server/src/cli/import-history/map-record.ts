import { createHash } from 'node:crypto'
import type { Problem } from '@aleph-audit-log/domain/error'
import type { Json } from '@aleph-audit-log/domain/event'
import { idFromHash } from '../../ingest/create-event-id.ts'
import { addUnderFreeName, findAt, setAt, UsedValues, type ForeignRecord } from './field-path.ts'
import { stepsOf, type MappedField, type Mapping } from './mapping.ts'
import { parseExactJson } from './parse-exact-json.ts'
import { readTime } from './read-time.ts'

/** What a field's value became. `isWhole` is false where the original tells more and has to be kept beside it. */
type Converted = { value: Json; isWhole: boolean } | { fault: string }

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * Makes what is sent of a foreign record, by a mapping. Values that no field took, or that a field could not hold as
 * they are, go into `data` under their own names, unless the mapping says otherwise. `name` tells sources apart in ids
 * that are made of foreign ones. The result is not yet checked to be an event.
 */
export function mapRecord(record: ForeignRecord, mapping: Mapping, name: string): ForeignRecord | Problem[] {
  const draft: ForeignRecord = {}
  const used = new UsedValues()
  const problems: Problem[] = []
  for (const [fieldName, field] of Object.entries(mapping.fields)) {
    const source = readSource(record, field, mapping.ignoreCase)
    if (source === undefined) continue
    const converted: Converted = source.isConstant
      ? { value: source.value, isWhole: true }
      : convert(fieldName, source.value, field, mapping, name)
    if ('fault' in converted) {
      problems.push({ path: fieldName, message: converted.fault })
      continue
    }
    if (converted.isWhole) for (const keys of source.keys) used.add(keys)
    setAt(draft, stepsOf(fieldName), converted.value)
  }
  if (problems.length > 0) return problems
  dropEmptyTargets(draft)
  addRest(draft, used.restOf(record), mapping.rest)
  return draft
}

/** The id of an event whose record has none: the same whenever this line of this source is read again. */
export function idOfLine(name: string, line: number, bytes: Buffer): string {
  return idFromHash(createHash('sha256').update(`line\n${name}\n${line}\n`).update(bytes).digest('hex'))
}

function idOfForeignId(name: string, foreignId: string): string {
  return idFromHash(createHash('sha256').update(`id\n${name}\n${foreignId}`).digest('hex'))
}

/** A constant is taken as it is. */
type Source = { value: Json; keys: string[][]; isConstant: boolean }

/** Undefined where the record has no value: none, null or an empty text. */
function readSource(record: ForeignRecord, field: MappedField, ignoreCase: boolean): Source | undefined {
  if (field.value !== undefined) return { value: field.value, keys: [], isConstant: true }
  if (field.template !== undefined) return fillTemplate(record, field.template, ignoreCase)
  for (const path of field.from ?? []) {
    const found = findAt(record, path, ignoreCase)
    if (found !== undefined && !isEmpty(found.value))
      return { value: found.value, keys: [found.keys], isConstant: false }
  }
  return field.default === undefined ? undefined : { value: field.default, keys: [], isConstant: true }
}

function isEmpty(value: Json): boolean {
  return value === null || value === ''
}

/** `{first} {last}`: each name in braces is a path. Undefined where all of them are empty. */
function fillTemplate(record: ForeignRecord, template: string, ignoreCase: boolean): Source | undefined {
  const keys: string[][] = []
  const text = template.replaceAll(/\{([^{}]+)\}/g, (_, path: string) => {
    const found = findAt(record, path, ignoreCase)
    if (found === undefined || isEmpty(found.value)) return ''
    keys.push(found.keys)
    return toText(found.value)
  })
  return keys.length === 0 ? undefined : { value: text.trim(), keys, isConstant: false }
}

function convert(
  fieldName: string,
  value: Json,
  field: MappedField,
  mapping: Mapping,
  sourceName: string,
): Converted {
  if (field.values !== undefined) {
    const key = toText(value)
    if (Object.hasOwn(field.values, key)) return { value: field.values[key] ?? null, isWhole: true }
    if (field.otherwise !== undefined) return { value: field.otherwise, isWhole: false }
    if (field.as === undefined)
      return { fault: `${shorten(key)} is not in the table of values, which has no otherwise` }
  }
  if (field.time !== undefined || fieldName === 'occurredAt') {
    const read = readTime(toText(value), field.time ?? 'text', field.zone ?? mapping.zone)
    return 'fault' in read ? read : { value: read.time, isWhole: read.isExact }
  }
  if (fieldName === 'id') {
    const id = toText(value)
    return uuid.test(id)
      ? { value: id, isWhole: true }
      : { value: idOfForeignId(sourceName, id), isWhole: false }
  }
  const as = field.as ?? (fieldName.startsWith('data.') ? undefined : 'text')
  return as === undefined ? { value, isWhole: true } : convertAs(as, value, field.factor)
}

const booleans = new Map<string, boolean>([
  ...['true', 't', 'yes', 'y', '1'].map((text): [string, boolean] => [text, true]),
  ...['false', 'f', 'no', 'n', '0'].map((text): [string, boolean] => [text, false]),
])

function convertAs(as: NonNullable<MappedField['as']>, value: Json, factor: number | undefined): Converted {
  const text = toText(value)
  switch (as) {
    case 'text':
      return { value: text, isWhole: true }
    case 'event_type': {
      const type = toEventType(text)
      return { value: type, isWhole: type === text }
    }
    case 'boolean': {
      const boolean = booleans.get(text.toLowerCase())
      return boolean === undefined
        ? { fault: `${shorten(text)} is no boolean` }
        : { value: boolean, isWhole: true }
    }
    case 'number':
      return toNumber(text, factor)
    case 'json':
      if (typeof value !== 'string') return { value, isWhole: true }
      try {
        // What JSON.parse gives is JSON.
        return { value: parseExactJson(value) as Json, isWhole: true }
      } catch {
        return { fault: `${shorten(text)} is no JSON` }
      }
  }
}

const numberText = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/

function toNumber(text: string, factor = 1): Converted {
  if (!numberText.test(text)) return { fault: `${shorten(text)} is no number` }
  const number = Number(text) * factor
  if (Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number))) {
    return { value: number, isWhole: true }
  }
  return {
    fault: `${shorten(text)} is a number that cannot be kept exactly: leave out "as" to keep it as text`,
  }
}

/** `User Logged-In`, `CreateUser` or `iam:CreateUser` as `user_logged_in`, `create_user`, `iam_create_user`. */
function toEventType(text: string): string {
  return text
    .replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, '$1_$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/g, '_')
    .replaceAll(/^[^a-z]+|_+$/g, '')
}

function toText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function shorten(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text)
}

/** Targets were gathered by their number; one that has only its type, which may be a constant, is none. */
function dropEmptyTargets(draft: ForeignRecord): void {
  const { targets } = draft
  if (typeof targets !== 'object' || targets === null) return
  const list = Object.values(targets).filter(
    (target) => typeof target === 'object' && target !== null && ('id' in target || 'name' in target),
  )
  if (list.length === 0) delete draft['targets']
  else draft['targets'] = list
}

function addRest(draft: ForeignRecord, rest: ForeignRecord, where: Mapping['rest']): void {
  if (where === 'drop' || Object.keys(rest).length === 0) return
  if (draft['data'] === undefined) draft['data'] = {}
  // Only `setAt` has made it.
  const data = draft['data'] as ForeignRecord
  if (where !== 'data') addUnderFreeName(data, where.into, rest)
  else for (const [name, value] of Object.entries(rest)) addUnderFreeName(data, name, value)
}
