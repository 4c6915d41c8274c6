import { makeClaim, readEmail, readValue, type ReadClaim } from './tool-claim.ts'

const pairsMax = 50

/**
 * Reads a comment in the form of sqlcommenter: `key='value',key='value'`, keys and values url-encoded, a quote in a value
 * as `\'`. Undefined unless the whole comment is in this form. Source: https://google.github.io/sqlcommenter/spec/
 */
export function readSqlcommenter(comment: string): ReadClaim | undefined {
  const pairs = readPairs(comment.trim())
  if (pairs === undefined) return undefined
  const get = (...keys: string[]): string | undefined => {
    for (const key of keys) {
      const value = readValue(pairs.get(key))
      if (value !== undefined) return value
    }
    return undefined
  }
  const user = get('user', 'username', 'enduser')
  const email = readEmail(get('user_email', 'email', 'user.email', 'enduser.email')) ?? readEmail(user)
  const application = get('application', 'app', 'service', 'service.name')
  return makeClaim(
    'sqlcommenter',
    application?.toLowerCase() ?? 'sqlcommenter',
    {
      name: get('user_name', 'user.name', 'enduser.name') ?? (email === user ? undefined : user),
      email,
      id: get('user_id', 'user.id', 'enduser.id', 'uid'),
    },
    {
      application,
      framework: get('framework'),
      controller: get('controller'),
      action: get('action'),
      route: get('route'),
      trace: get('traceparent'),
    },
  )
}

function readPairs(text: string): Map<string, string> | undefined {
  const pairs = new Map<string, string>()
  let at = 0
  while (at < text.length) {
    const equals = text.indexOf("='", at)
    if (equals < 0 || pairs.size >= pairsMax) return undefined
    const key = text.slice(at, equals).trim()
    if (!/^[\w.%-]{1,128}$/.test(key)) return undefined
    const end = endOfValue(text, equals + 2)
    if (end < 0) return undefined
    const name = decode(key)
    // The first of two wins: the second may have come in through a value.
    if (!pairs.has(name)) pairs.set(name, decode(text.slice(equals + 2, end).replaceAll("\\'", "'")))
    at = end + 1
    while (at < text.length && /\s/.test(text.charAt(at))) at++
    if (at < text.length && text[at] !== ',') return undefined
    at++
  }
  return pairs.size === 0 ? undefined : pairs
}

function endOfValue(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === "'") return at
  }
  return -1
}

/** As it stands where it is not url-encoded, which some libraries leave out. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
