import type { EventData, Json } from '../event.ts'
import { findDialect } from '../sql/dialects.ts'
import { maskBind, type BindParameters } from './mask-bind.ts'
import { maskSql, maskText, type MaskedText } from './mask-secrets.ts'
import { isRedacted, redactionOf, type HashSecret, type RedactionKind } from './redaction.ts'
import { secretKindOfName } from './secret-names.ts'

export type MaskDataOptions = {
  hashSecret: HashSecret
  /** What becomes of `data.bind`. */
  bindParameters: BindParameters
}

/**
 * Masks the secrets in an event's data: in its SQL, in what an error message quotes of it, in every other string, and
 * whatever stands under a key that is named like a secret. Bind values become what the workspace wants. Gives back the
 * same object where there is nothing to mask.
 */
export function maskData(data: EventData, { hashSecret, bindParameters }: MaskDataOptions): EventData {
  const { sql, dialect } = data
  const known = typeof dialect === 'string' ? findDialect(dialect) : undefined
  const statement = typeof sql === 'string' ? maskSql(sql, known, hashSecret) : undefined
  const masker = new ValueMasker(hashSecret)
  const out: EventData = {}
  let isChanged = false
  for (const key of Object.keys(data)) {
    const value = data[key] ?? null
    let masked = value
    if (key === 'sql' && statement !== undefined) masked = statement.text
    else if (key === 'error' && statement?.hasSecret === true)
      masked = maskError(masker.mask(value), statement)
    else if (key !== 'bind') masked = masker.maskUnder(key, value)
    isChanged ||= masked !== value
    put(out, key, masked)
  }
  const withBind = maskBind(out, {
    mode: bindParameters,
    hasSecret: statement?.hasSecret === true,
    hashSecret,
    mask: (value) => masker.mask(value),
  })
  return isChanged || withBind !== out ? withBind : data
}

function maskError(error: Json, { maskBeside }: MaskedText): Json {
  if (typeof error === 'string') return maskBeside(error)
  if (typeof error !== 'object' || error === null || Array.isArray(error)) return error
  const out: EventData = {}
  for (const key of Object.keys(error)) {
    const value = error[key] ?? null
    // A code such as 42601 is no text, even if a secret is called like it.
    put(out, key, typeof value === 'string' && key !== 'code' ? maskBeside(value) : value)
  }
  return out
}

/** A key may be `__proto__`, which an assignment would take for something else. */
function put(target: EventData, key: string, value: Json): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  } else target[key] = value
}

/** Masks JSON; what has no secret stays the same object. Its depth is bounded by that of an event's data. */
class ValueMasker {
  readonly #hashSecret: HashSecret

  constructor(hashSecret: HashSecret) {
    this.#hashSecret = hashSecret
  }

  maskUnder(key: string, value: Json): Json {
    const kind = secretKindOfName(key)
    return kind === undefined ? this.mask(value) : this.#remove(value, kind)
  }

  mask(value: Json): Json {
    if (typeof value === 'string') return maskText(value, this.#hashSecret).text
    if (typeof value !== 'object' || value === null) return value
    return this.#each(value, (inner, key) =>
      key === undefined ? this.mask(inner) : this.maskUnder(key, inner),
    )
  }

  /** Everything under the name of a secret goes; yes and no tell nothing, and a number is a password's at most. */
  #remove(value: Json, kind: RedactionKind): Json {
    if (typeof value === 'string') {
      return value === '' || isRedacted(value) ? value : redactionOf(kind, value, this.#hashSecret)
    }
    if (typeof value === 'number') {
      return kind === 'password' ? redactionOf(kind, String(value), this.#hashSecret) : value
    }
    if (typeof value !== 'object' || value === null) return value
    return this.#each(value, (inner) => this.#remove(inner, kind))
  }

  #each(value: Json[] | EventData, change: (inner: Json, key: string | undefined) => Json): Json {
    let isChanged = false
    if (Array.isArray(value)) {
      const list = value.map((inner) => {
        const masked = change(inner, undefined)
        isChanged ||= masked !== inner
        return masked
      })
      return isChanged ? list : value
    }
    const out: EventData = {}
    for (const key of Object.keys(value)) {
      const inner = value[key] ?? null
      const masked = change(inner, key)
      isChanged ||= masked !== inner
      put(out, key, masked)
    }
    return isChanged ? out : value
  }
}
