import type { Prepared } from './prepared-statements.ts'

const lead = String.raw`^(?:\s|;)*`
/** These change no data and give none away: nothing is lost if they are known only afterwards. */
const transactionControl = new RegExp(
  `${lead}(?:begin|start\\s+transaction|commit|end|rollback|abort|savepoint|release)\\b[^;'"$()]*;?\\s*$`,
  'i',
)
/** A SET of one value, by the name of the setting. */
const setting = new RegExp(
  `${lead}set\\s+(?:(?:local|session)\\s+)?(?:([a-z_][a-z0-9_.]*)\\s*(?:=|\\bto\\b)|transaction\\b)[^;$()]*;?\\s*$`,
  'i',
)
/** Another role is another person, so these are no plain settings. */
const roles = new Set(['role', 'session_authorization'])
const longestTold = 500

/** What the server says of those that need none. */
const tagsWithout: ReadonlySet<string> = new Set([
  'BEGIN',
  'START TRANSACTION',
  'COMMIT',
  'ROLLBACK',
  'SAVEPOINT',
  'RELEASE',
  'SET',
])

/** Whether a statement that needs no intent can have ended with this tag. If not, it was another one. */
export function isTagWithoutIntent(tag: string): boolean {
  return tagsWithout.has(tag)
}

/** Whether a statement has to be recorded before it is executed; not BEGIN, COMMIT, ROLLBACK or SET alone. */
export function needsIntent(sql: string | undefined): boolean {
  if (sql === undefined || sql.length > longestTold) return true
  if (transactionControl.test(sql)) return false
  const found = setting.exec(sql)
  return found === null || roles.has(found[1]?.toLowerCase() ?? '')
}

/** Until the server has said yes to a statement, its name may still stand for the one before; the unnamed one has none. */
export function mayNeedIntent(prepared: Prepared): boolean {
  let one: Prepared | undefined = prepared
  while (one !== undefined && !needsIntent(one.text.sql))
    one = one.isConfirmed || one.name === '' ? undefined : one.replaced
  return one !== undefined
}
