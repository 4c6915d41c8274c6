import { eventFieldValues } from '@aleph-audit-log/domain/detect/event-fields'
import type { EventField } from '@aleph-audit-log/domain/detect/rule'
import { isLate, type JudgedEvent } from './judged-event.ts'
import type { Micros } from './times.ts'

/** What is kept of an event for the alert that it may become part of. */
export type Evidence = {
  id: string
  at: Micros
  person: string | undefined
  tables: readonly string[]
  isLate: boolean
  /** Of the fields that summaries name. */
  values: ReadonlyMap<string, readonly string[]>
}

/** Of an event of which only its place is known. */
export const emptyEvidence: Omit<Evidence, 'id' | 'at'> = {
  person: undefined,
  tables: [],
  isLate: false,
  values: new Map(),
}

/** A field as summaries and groups of alerts name it: `person`, `data.region`. */
export function fieldName(field: EventField): string {
  return typeof field === 'string' ? field : `data.${field.path}`
}

/** `fields`: those whose values a summary may name. */
export function toEvidence(event: JudgedEvent, fields: readonly EventField[]): Evidence {
  const { searchable, at } = event
  return {
    id: searchable.id,
    at,
    person: eventFieldValues('person', searchable)[0],
    tables: searchable.tables.length === 0 ? [] : eventFieldValues('table', searchable),
    isLate: isLate(event),
    values: new Map(fields.map((field) => [fieldName(field), eventFieldValues(field, searchable)])),
  }
}
