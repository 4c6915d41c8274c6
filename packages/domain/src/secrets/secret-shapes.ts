import { isRedacted, type RedactionKind } from './redaction.ts'

export type Found = (start: number, end: number, kind: RedactionKind) => void

/**
 * A token that begins with `start` and goes on with `min` signs or more of a class; at the end of a text, which may
 * have been cut, two are enough. Each alternative is linear: its start cannot stand inside of its own class twice
 * without being taken.
 */
function shape(start: string, sign: string, min: number): string {
  return `${start}${sign}{${min},}|${start}${sign}{2,}$`
}

const tokens = [
  shape('gh[pousr]_', '[A-Za-z0-9]', 16),
  shape('github_pat_', '\\w', 16),
  shape('gl[a-z]{2,5}-', '[\\w-]', 18),
  shape('xox[abeoprs]-', '[\\w-]', 8),
  shape('xapp-', '[\\w-]', 10),
  shape('(?<![A-Za-z0-9_])sk-', '[\\w-]', 18),
  shape('(?<![A-Za-z0-9])(?:sk|rk|pk)_(?:live|test)_', '[A-Za-z0-9]', 8),
  shape('whsec_', '[A-Za-z0-9]', 16),
  shape('ya29\\.', '[\\w.-]', 8),
  shape('GOCSPX-', '[\\w-]', 16),
  shape('(?<![A-Za-z0-9+/])eyJ', '[\\w+/=-]', 14).replaceAll('{14,}', '{14,}(?:\\.[\\w+/=-]*){0,4}'),
  shape('(?<![A-Za-z0-9])npm_', '[A-Za-z0-9]', 20),
  shape('do[por]_v1_', '[a-f0-9]', 16),
  shape('(?<![A-Za-z0-9])hf_', '[A-Za-z0-9]', 20),
  shape('(?<![A-Za-z0-9])aal_', '[\\w-]', 30),
  shape('pypi-', '[\\w-]', 20),
  shape('shp(?:at|ca|pa|ss)_', '[a-fA-F0-9]', 16),
  shape('(?<![A-Za-z0-9])dapi', '[a-f0-9]', 30),
  shape('(?<![A-Za-z0-9])hvs\\.', '[\\w-]', 16),
].join('|')
const keys = [
  shape('A(?:KIA|SIA|BIA|CCA)', '[0-9A-Z]', 12),
  shape('AIza', '[\\w-]', 24),
  shape('AGE-SECRET-KEY-1', '[0-9A-Z]', 16),
].join('|')
/** The group is the secret, what stands before it is not. */
const afterSign = [
  '\\bbearer\\s{1,8}([\\w.~+/=-]{16,})',
  '[?&;]sig=([^\\s&\'"<>]{6,})',
  '[?&]x-(?:amz|goog)-(?:Signature|Security-Token|Credential)=([^\\s&\'"<>]{6,})',
  'hooks\\.slack\\.com/(?:services|workflows|triggers)/([\\w/-]{4,})',
  'discord(?:app)?\\.com/api/webhooks/([\\w/-]{4,})',
].join('|')
const shapes = new RegExp(`(${tokens})|${keys}`, 'g')
const signs = new RegExp(afterSign, 'gi')

const pemBegin = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g
const pemEnd = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g
const pemBody = /[A-Za-z0-9+/=\s\\:,.-]*/y
const awsKeyId = /A(?:KIA|SIA)[0-9A-Z]{12,}/g
const awsSecret = /(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/g
/** One that was cut with its text. */
const awsSecretAtEnd = /(?<=['"=:,])[A-Za-z0-9/+]{2,39}$/g
/** How far from an AWS key id its secret is looked for. */
const besideUnits = 200

/** Finds secrets by their form alone, wherever they stand: tokens of well-known services, private keys, passwords in URLs. */
export function findShapes(text: string, found: Found): void {
  for (const match of text.matchAll(shapes)) {
    found(match.index, match.index + match[0].length, match[1] === undefined ? 'key' : 'token')
  }
  for (const match of text.matchAll(signs)) {
    const end = match.index + match[0].length
    const secret = match[1] ?? match[2] ?? match[3] ?? match[4] ?? match[5] ?? ''
    found(end - secret.length, end, 'token')
  }
  if (text.includes('-----BEGIN ')) findPrivateKeys(text, found)
  if (/A(?:KIA|SIA)/.test(text)) findAwsSecrets(text, found)
  if (text.includes('://')) findUrlPasswords(text, found)
}

function findPrivateKeys(text: string, found: Found): void {
  let end = 0
  let hasEnd = true
  for (const match of text.matchAll(pemBegin)) {
    if (match.index < end) continue
    pemEnd.lastIndex = match.index
    const close: RegExpExecArray | null = hasEnd ? pemEnd.exec(text) : null
    hasEnd = close !== null
    const bodyStart = match.index + match[0].length
    pemBody.lastIndex = bodyStart
    const bodyEnd = bodyStart + (pemBody.exec(text)?.[0].length ?? 0)
    end = close === null ? bodyEnd : close.index + close[0].length
    found(match.index, end, 'key')
  }
}

/** The secret of an AWS key has no form of its own but its length, so it is looked for beside the id only. */
function findAwsSecrets(text: string, found: Found): void {
  for (const { index } of text.matchAll(awsKeyId)) {
    const from = Math.max(0, index - besideUnits)
    const beside = text.slice(from, index + besideUnits)
    const isEnd = from + beside.length === text.length
    for (const pattern of isEnd ? [awsSecret, awsSecretAtEnd] : [awsSecret]) {
      for (const secret of beside.matchAll(pattern)) {
        found(from + secret.index, from + secret.index + secret[0].length, 'key')
      }
    }
  }
}

const authorityEnd = /[\s'"<>`]/g

/** `postgres://ann:secret@host`: what stands between the first colon and the last @ before white space or a quote. */
function findUrlPasswords(text: string, found: Found): void {
  let runEnd = -1
  let at = -1
  let from = 0
  for (let sign = text.indexOf('://'); sign >= 0; sign = text.indexOf('://', from)) {
    const start = sign + 3
    from = start
    if (start > runEnd) {
      authorityEnd.lastIndex = start
      runEnd = authorityEnd.exec(text)?.index ?? text.length
      at = text.lastIndexOf('@', runEnd - 1)
    }
    const colon = colonOf(text, start, runEnd)
    if (colon < 0) continue
    // A text that was cut may end inside of a password.
    const end = at > colon ? passwordEnd(text, colon + 1, at) : runEnd === text.length ? runEnd : -1
    if (end <= colon + 1) continue
    const password = text.slice(colon + 1, end)
    // `host:4000/path` has a port and no user.
    if (/^\d{1,5}[/?#]/.test(password) || (end === runEnd && /^\d{1,5}$/.test(password))) continue
    from = end
    if (!isRedacted(password)) found(colon + 1, end, 'url_password')
  }
}

/** Where the user ends, if there is one. */
function colonOf(text: string, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const sign = text.charCodeAt(at)
    if (sign === 58) return at
    if (sign === 47 || sign === 64 || sign === 63) return -1
  }
  return -1
}

/** The last @ before the path; the last of all where a password has a slash that should have been escaped. */
function passwordEnd(text: string, start: number, lastAt: number): number {
  const whole = text.slice(start, lastAt)
  const slash = whole.indexOf('/')
  const before = slash < 0 ? -1 : whole.slice(0, slash).lastIndexOf('@')
  return before > 0 ? start + before : lastAt
}
