import type { Attribution, AttributionFacts } from '../event.ts'

/**
 * What a tool says about a statement that it sends: who asked for it, and what it belongs to. All of it is text that
 * somebody wrote; whether it is believed is decided in `attribute-event.ts`.
 */
export type ToolClaim = {
  /** How the tool is called in events: `metabase`. */
  tool: string
  /** Whose way of writing it is. An application's sqlcommenter comment may call itself `metabase`, but is not in its form. */
  form: ClaimForm
  claimed?: NonNullable<Attribution['claimed']>
  facts?: AttributionFacts
  /**
   * Stands where this tool puts it, outside of everything that its users can write: the first comment of the text, or
   * the last one. What stands further inside may be the text of a user who pretends.
   */
  isOutermost: boolean
}

export type ClaimForm =
  | 'metabase'
  | 'looker'
  | 'dbt'
  | 'redash'
  | 'hex'
  | 'mode'
  | 'sigma'
  | 'sqlcommenter'
  /** Read by the pattern that an admin gave for a login. */
  | 'pattern'
  /** A tag of the session or job in no form that is known. */
  | 'tag'

/** A claim before it is known where it stands. */
export type ReadClaim = Omit<ToolClaim, 'isOutermost'>

export const claimLimits = {
  /** A longer comment or tag is not looked at. */
  commentUnitsMax: 8192,
  /** A longer value is not taken: half a name would be another one. */
  valueUnitsMax: 256,
  linkUnitsMax: 1024,
  emailUnitsMax: 254,
} as const

const control = /[\p{Cc}\p{Zl}\p{Zp}]/u

/** A value of a claim: one line of well-formed text without blanks around it; undefined if it cannot be that. */
export function readValue(value: unknown, unitsMax: number = claimLimits.valueUnitsMax): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined
  if (typeof value !== 'string' || value.length > unitsMax + 2) return undefined
  const text = value.trim()
  if (text === '' || text.length > unitsMax || !text.isWellFormed() || control.test(text)) return undefined
  return text
}

const emailForm = /^[^\s@<>(),;:"\\]+@[^\s@<>(),;:"\\]+$/

/** An e-mail address, with upper and lower case as it was written. */
export function readEmail(value: unknown): string | undefined {
  const text = readValue(value, claimLimits.emailUnitsMax)
  return text !== undefined && emailForm.test(text) ? text : undefined
}

/** An http or https address without a name or password in it: everything else could do something when it is followed. */
export function readLink(value: unknown): string | undefined {
  const text = readValue(value, claimLimits.linkUnitsMax)
  if (text === undefined || !/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') return undefined
  return url.href.length > claimLimits.linkUnitsMax ? undefined : url.href
}

/** `true`, `True`, `1` and their opposites; undefined for everything else. */
export function readFlag(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  const text = readValue(value)?.toLowerCase()
  if (text === 'true' || text === '1') return true
  return text === 'false' || text === '0' ? false : undefined
}

/** The object without its absent values; undefined if nothing is left. Only own keys of a literal come in here. */
function presentOnly<T extends object>(values: { [K in keyof T]: T[K] | undefined }): T | undefined {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined)
  // What is left are values of T under keys of T, and all keys of the types used here are optional.
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as T)
}

type Claimed = NonNullable<Attribution['claimed']>

/** Makes a claim of what was read. */
export function makeClaim(
  form: ClaimForm,
  tool: string,
  claimed: { [K in keyof Claimed]-?: Claimed[K] | undefined } | undefined,
  facts: { [K in keyof AttributionFacts]: AttributionFacts[K] | undefined },
): ReadClaim {
  const person = claimed === undefined ? undefined : presentOnly<Claimed>(claimed)
  const known = presentOnly<AttributionFacts>(facts)
  return {
    tool,
    form,
    ...(person === undefined ? {} : { claimed: person }),
    ...(known === undefined ? {} : { facts: known }),
  }
}
