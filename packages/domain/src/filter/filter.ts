/**
 * The search language as a tree. `parseFilter` makes it from text, `printFilter` turns it back, `matchesFilter` is the
 * plain meaning that every event store must agree with.
 */
export type Filter =
  /** All of them; an empty list matches every event. */
  | { kind: 'and'; terms: Filter[] }
  | { kind: 'or'; terms: Filter[] }
  | { kind: 'not'; term: Filter }
  /** A substring of name, email, type or a string or number in `data`. */
  | { kind: 'text'; pattern: Pattern }
  /** A whole value; a field with many values (tables, targets, flags) matches if one of them does. */
  | { kind: 'field'; field: TextField; pattern: Pattern }
  | { kind: 'network'; text: string; first: string; last: string }
  | { kind: 'number'; field: NumberField; range: NumberRange }
  | { kind: 'time'; range: TimeRange }
  | { kind: 'data'; path: string; pattern: Pattern }
  | { kind: 'dataNumber'; path: string; range: NumberRange }
  | { kind: 'noise' }

/** Lower-cased literal parts; between two parts stands any text (`a*b` is `['a', 'b']`, `x*` is `['x', '']`). */
export type Pattern = { parts: [string, ...string[]] }

export type TextField =
  | 'actor'
  | 'name'
  | 'email'
  | 'id'
  | 'type'
  | 'outcome'
  | 'table'
  | 'kind'
  | 'fingerprint'
  | 'flag'
  | 'database'
  | 'login'
  | 'tool'
  | 'application'
  | 'source'
  | 'ip'
  | 'session'
  | 'request'
  | 'target'
  | 'error'

export type NumberField = 'duration' | 'rows'

export type NumberRange = { min?: number; minOpen?: boolean; max?: number; maxOpen?: boolean }

/** Canonical times: from inclusive, before exclusive. */
export type TimeRange = { from?: string; before?: string }
