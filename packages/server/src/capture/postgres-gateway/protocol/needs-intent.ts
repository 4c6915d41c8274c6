const lead = String.raw`^(?:\s|;)*`
/** These change no data and give none away: nothing is lost if they are known only afterwards. */
const transactionControl = new RegExp(
  `${lead}(?:begin|start\\s+transaction|commit|end|rollback|abort|savepoint|release)\\b[^;'"$()]*;?\\s*$`,
  'i',
)
/** A SET of one value. Another role is another person, so that is no plain setting. */
const setting = new RegExp(
  `${lead}set\\s+(?!(?:local\\s+|session\\s+)?(?:role|authorization|session)\\b)[^;$()]*;?\\s*$`,
  'i',
)
const longestTold = 500

/** Whether a statement has to be recorded before it is executed; not BEGIN, COMMIT, ROLLBACK or SET alone. */
export function needsIntent(sql: string | undefined): boolean {
  if (sql === undefined || sql.length > longestTold) return true
  return !transactionControl.test(sql) && !setting.test(sql)
}
