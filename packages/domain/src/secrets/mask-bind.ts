import type { EventData, Json } from '../event.ts'
import { isRedacted, redactionOf, type HashSecret } from './redaction.ts'

/** What of bind values is recorded. */
export const bindParameterModes = ['none', 'types', 'masked', 'full'] as const
export type BindParameters = (typeof bindParameterModes)[number]

export type MaskBindOptions = {
  mode: BindParameters
  /** The statement has a secret, or a parameter where one would stand: any of its values may be it. */
  hasSecret: boolean
  hashSecret: HashSecret
  /** Masks tokens and other secrets that can be told by their form or name. */
  mask: (value: Json) => Json
}

/**
 * Records `data.bind` as the mode says: `none` removes it and says so (`bindRemoved`, and `bindCount` of a list),
 * `types` leaves types and lengths, `masked` masks secrets (all values where the statement has one), `full` leaves it.
 */
export function maskBind(data: EventData, options: MaskBindOptions): EventData {
  const { bind, ...rest } = data
  if (bind === undefined || bind === null) return data
  switch (options.mode) {
    case 'none':
      return { ...rest, bindRemoved: true, ...(Array.isArray(bind) ? { bindCount: bind.length } : {}) }
    case 'types':
      return { ...data, bind: eachValue(bind, toType) }
    case 'masked':
      return {
        ...data,
        bind: options.hasSecret
          ? eachValue(bind, (value) => removeValue(value, options))
          : options.mask(bind),
      }
    case 'full':
      return data
    default:
      return options.mode satisfies never
  }
}

/** The values of a list, or by name. */
function eachValue(bind: Json, change: (value: Json) => Json): Json {
  if (Array.isArray(bind)) return bind.map(change)
  if (typeof bind !== 'object' || bind === null) return change(bind)
  return Object.fromEntries(Object.entries(bind).map(([name, value]) => [name, change(value)]))
}

const types = new Set(['null', 'text', 'number', 'boolean', 'json', 'bytes'])

/** `{type: 'text', length: 7}`, as captures tell of a value. */
function isType(value: Json): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const { type, length, ...rest } = value
  const hasLength = length === undefined || typeof length === 'number'
  return typeof type === 'string' && types.has(type) && hasLength && Object.keys(rest).length === 0
}

/** The length is in characters. */
function toType(value: Json): Json {
  if (value === null) return { type: 'null' }
  if (typeof value === 'string') return { type: 'text', length: Array.from(value).length }
  if (typeof value === 'number') return { type: 'number' }
  if (typeof value === 'boolean') return { type: 'boolean' }
  return isType(value) ? value : { type: 'json', length: Array.from(JSON.stringify(value)).length }
}

function removeValue(value: Json, { hashSecret }: MaskBindOptions): Json {
  if (value === null || typeof value === 'boolean' || isType(value)) return value
  if (typeof value === 'string') {
    return value === '' || isRedacted(value) ? value : redactionOf('bind', value, hashSecret)
  }
  return redactionOf('bind', JSON.stringify(value), hashSecret)
}
