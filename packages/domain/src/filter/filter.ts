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
  /**
   * A whole value; a field with many values (tables, targets, flags) matches if one of them does. A missing value, kept
   * as the empty text, matches nothing: `-name:*` finds the events without a name.
   */
  | { kind: 'field'; field: TextField; pattern: Pattern }
  /**
   * Exactly this id of the actor, and nothing where it is empty. Only what a viewer may see asks for it, and no text
   * says it: `actor:` also matches names, which people choose themselves.
   */
  | { kind: 'actorId'; id: string }
  /** Addresses from `first` to `last` (keys of toIpKey); `text` is the address or CIDR block as written, lower-cased. */
  | { kind: 'network'; text: string; first: string; last: string }
  | { kind: 'number'; field: NumberField; range: NumberRange }
  | { kind: 'time'; range: TimeRange }
  /** A whole string or number at this lower-cased path of `data`, or the words `true` and `false` for a boolean. */
  | { kind: 'data'; path: string; pattern: Pattern }
  /** A number at this path of `data`. */
  | { kind: 'dataNumber'; path: string; range: NumberRange }
  | { kind: 'noise' }

/** What a search may hold: longer ones are refused, never cut. */
export const filterLimits = {
  textUnitsMax: 16 * 1024,
  termsMax: 500,
  parenthesesDepthMax: 50,
  /** Wildcards in one term: each costs the engine's matcher states. */
  wildcardsMax: 20,
} as const

/**
 * Lower-cased literal parts; between two parts stands any text (`a*b` is `['a', 'b']`, `x*` is `['x', '']`). Only the
 * first and the last part may be empty.
 */
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
  | 'tag'
  | 'policy'
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

/** Both ends are included unless open; without an end every number is in it. */
export type NumberRange = { min?: number; minOpen?: boolean; max?: number; maxOpen?: boolean }

/** Canonical times: from inclusive, before exclusive. */
export type TimeRange = { from?: string; before?: string }
