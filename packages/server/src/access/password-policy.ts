import { AuditError } from '@aleph-audit-log/domain/error'

/** What must not make up a password: what everybody can know about the person. */
export type PersonalWords = { email: string; name: string }

/** Names of this product, as somebody would use them who sets it up in a hurry. */
const productWords = [
  'aleph',
  'alephaudit',
  'auditlog',
  'audit-log',
  'audit log',
  'alephauditlog',
  'correcthorsebatterystaple',
]

const personalWordMin = 3
const distinctCharactersMin = 5

/** What fingers and eyes run along. */
const runs = [
  'abcdefghijklmnopqrstuvwxyz',
  '0123456789',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  '1234567890',
].join(' ')

/**
 * Refuses a password that is easy to guess: a common one or what is left of it without digits and signs around it
 * (`Password2026!!`, `p@ssw0rd-1234`), the person's own name or e-mail, a repetition, a row of the keyboard.
 * Its length has been checked by the request's schema. Throws AuditError('invalid') with the path `password`.
 */
export async function refuseWeakPassword(password: string, personal: PersonalWords): Promise<void> {
  const message = await weaknessOf(password, personal)
  if (message === undefined) return
  throw new AuditError('invalid', 'The password is too easy to guess.', {
    problems: [{ path: 'password', message }],
  })
}

async function weaknessOf(password: string, personal: PersonalWords): Promise<string | undefined> {
  const lower = password.normalize('NFKC').toLowerCase()
  if (new Set(lower).size < distinctCharactersMin) return 'has too few different characters'
  if (isRepetition(lower)) return 'is a repetition'
  if (isRun(lower)) return 'is a row of the alphabet or of the keyboard'
  const candidates = skeletonsOf(lower)
  const own = personalWords(personal)
  if (candidates.some((candidate) => own.has(candidate))) return 'is made of your name or e-mail'
  const common = await loadCommonPasswords()
  if (candidates.some((candidate) => common.has(candidate))) return 'is one of the most common passwords'
  return undefined
}

/** The password itself, and its core without digits and signs around it, as typed and with signs read as letters. */
function skeletonsOf(lower: string): string[] {
  const core = lower.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '')
  const readings = [lower, core].flatMap((text) => [text, readSigns(text, 'i'), readSigns(text, 'l')])
  const joined = readings.map((text) => text.replace(/[\s._-]+/g, ''))
  return [...new Set([...readings, ...joined])].filter((text) => text !== '')
}

const letterOfSign: Record<string, string> = {
  '0': 'o',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
}

function readSigns(text: string, one: 'i' | 'l'): string {
  return text.replace(/[0134579@$!|]/g, (sign) => letterOfSign[sign] ?? (sign === '9' ? 'g' : one))
}

function personalWords({ email, name }: PersonalWords): ReadonlySet<string> {
  const [local = '', domain = ''] = email.toLowerCase().split('@')
  const names = name.normalize('NFKC').toLowerCase()
  const words = [
    email.toLowerCase(),
    local,
    domain,
    ...local.split(/[._+-]/),
    ...domain.split('.'),
    names,
    names.replace(/\s+/g, ''),
    ...names.split(/\s+/),
  ]
  const reversed = words.map((word) => Array.from(word).toReversed().join(''))
  return new Set([...words, ...reversed].filter((word) => word.length >= personalWordMin))
}

/** `abcabcabcabc`: occurs in its own doubling before the end. */
function isRepetition(text: string): boolean {
  return (text + text).indexOf(text, 1) < text.length
}

/** `123456789012`, `qwertyuiopasdf`: every character stands in a run beside the one before it, or begins one. */
function isRun(text: string): boolean {
  const characters = Array.from(text)
  const steps = characters.slice(1).filter((character, i) => {
    const before = characters[i] ?? ''
    return runs.includes(before + character) || runs.includes(character + before)
  })
  return steps.length >= (characters.length - 1) * 0.75
}

let commonPasswords: Promise<ReadonlySet<string>> | undefined

/** 49,000 passwords seen in leaks, in lower case. Loaded when somebody first chooses a password: it takes 30 ms. */
function loadCommonPasswords(): Promise<ReadonlySet<string>> {
  commonPasswords ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) => new Set([...dictionary['passwords-common'], ...productWords]),
  )
  return commonPasswords
}
