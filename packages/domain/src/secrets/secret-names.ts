import type { RedactionKind } from './redaction.ts'

/** No name without one of these is a secret's; it costs less than taking the name apart. */
const mayNameSecret = /pass|pwd|secret|token|key|cred|authorization|bearer|jwt|cookie|conn|_pw$|Pw$/i

/** A name that ends so tells something about a secret, but is none: `token_count`, `passwordChangedAt`. */
const aboutSecrets = new Set(
  (
    'id ids name names count counts type types kind kinds length len size sizes at on date time times expires expiry ' +
    'expiration expire expired ttl policy policies hint hints status state version prefix suffix label scope scopes ' +
    'arn uri url path enabled required changed reset used valid created updated rotated age days hours minutes ' +
    'seconds max min limit limits attempts tries retries history question format alg algorithm provider source owner ' +
    'manager usage description comment title rule rules strength score lifetime endpoint issuer audience position ' +
    'budget price cost rate index column table view field usages'
  ).split(' '),
)
const aboutFirst = new Set('is has must requires require needs allow no num total max min count'.split(' '))
const keyIds = /(?:aws|access|secret)keyid$/
const passwords = /passw(?:or)?d|passphrase|passwort|passcode|passfile|pwd/
const keysOfSecrets =
  /(?:api|access|private|secret|encryption|encrypt|decryption|decrypt|signing|master|account|storage|shared|auth|ssh|client|app|aws|hmac|symmetric|session|consumer|webhook|subscription|license|rsa|aes|fernet)keys?(.*)$/
const nameUnitsMax = 256

/**
 * The kind of secret that a name promises, such as `db_password`, `apiKey` or `X-Auth-Token`; undefined for other
 * names. With `anywhere` what names the secret may stand before the end, as in `fs.azure.account.key.host.net`.
 */
export function secretKindOfName(name: string, anywhere = false): RedactionKind | undefined {
  if (name.length > nameUnitsMax || !mayNameSecret.test(name)) return undefined
  const parts = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((part) => part !== '')
  const joined = parts.join('')
  if (keyIds.test(joined)) return 'key'
  const last = parts.at(-1) ?? ''
  if (parts.length > 1 && (aboutSecrets.has(last) || aboutFirst.has(parts[0] ?? ''))) return undefined
  return kindOf(parts, joined, last, anywhere)
}

function kindOf(
  parts: readonly string[],
  joined: string,
  last: string,
  anywhere: boolean,
): RedactionKind | undefined {
  if (passwords.test(joined) || last === 'pass' || (last === 'pw' && parts.length > 1)) return 'password'
  if (parts.some((part) => /tokens?$|^jwt$|^bearer$|^cookies?$|^authorization$/.test(part))) return 'token'
  const key = keysOfSecrets.exec(joined)
  if (key !== null && (anywhere || key[1] === '' || joined.includes('secret'))) return 'key'
  if (parts.some((part) => part === 'secrets' || part.endsWith('secret'))) return 'secret'
  if (joined.includes('secretstring') || joined.includes('secretvalue')) return 'secret'
  if (parts.some((part) => /^cred(?:ential)?s?$/.test(part))) return 'key'
  return /conn(?:ection)?str(?:ing)?$/.test(joined) ? 'connection' : undefined
}
