/**
 * What a text with a secret has somewhere: the name of a secret, a function that takes one, the beginning of a token.
 * The first column is what tells; the second are three signs of it, chosen to be rare in other texts.
 */
const tellings: readonly (readonly [string, string])[] = [
  ['pass', 'ass'],
  ['pwd', 'pwd'],
  ['[_a-z]pw\\b', '_pw'],
  ['(?<=[a-z])pw\\b', 'bpw'],
  ['secret', 'ecr'],
  ['token', 'oke'],
  [
    '(?:api|access|private|secret|crypt|crypti?on|signing|sign|master|account|storage|shared|auth|ssh|client|app|aws|hmac|symmetric|session|consumer|webhook|subscription|license|rsa|aes|fernet|re|hex|text|pragma|_id|attach.{0,30})[\\W_]*key',
    'key',
  ],
  ['key[\\W_]*id', 'key'],
  ['credential', 'ede'],
  ['identified', 'tif'],
  ['authorization', 'riz'],
  ['authentication', 'ica'],
  ['bearer', 'bea'],
  ['cookie', 'kie'],
  ['jwt', 'jwt'],
  ['conn(?:ection)?_?str', 'nst'],
  ['conn(?:ection)?_str', 'n_s'],
  ['crypt', 'ypt'],
  ['hmac', 'hma'],
  ['aead', 'aea'],
  ['md5|sha\\d', 'md5'],
  ['sha1', 'ha1'],
  ['sha2', 'ha2'],
  ['sha3', 'ha3'],
  ['sha5', 'ha5'],
  ['digest', 'ges'],
  ['hashbytes', 'shb'],
  ['owse', 'wse'],
  ['openrowset', 'row'],
  ['sp_addl', 'ddl'],
  ['approle', 'ppr'],
  ['set_wallet', 't_w'],
  ['://', '://'],
  ['(?:mysql|postgresql|mongodb)\\s{0,5}\\(', 'ql('],
  ['(?:mysql|postgresql)\\s', 'ql '],
  ['mongodb', 'ngo'],
  ['redis', 'edi'],
  ['remote', 'emo'],
  ['externaldistr', 'ald'],
  ['s3\\w{0,10}\\s{0,3}\\(', 's3('],
  ['s3\\w', 's3c'],
  ['s3\\w', 's3q'],
  ['s3 ', 's3 '],
  ['gcs', 'gcs'],
  ['oss\\s{0,3}\\(', 'oss'],
  ['cosn', 'osn'],
  ['azure', 'zur'],
  ['iceberg', 'ceb'],
  ['deltalake', 'lta'],
  ['hudi', 'hud'],
  ['ytsaurus', 'yts'],
  ['gh[pousr]_', 'ghp'],
  ['gh[pousr]_', 'gho'],
  ['gh[pousr]_', 'ghu'],
  ['gh[pousr]_', 'ghs'],
  ['gh[pousr]_', 'ghr'],
  ['github_pat', 'hub'],
  ['gl[a-z]{2,5}-', 'glp'],
  ['gl[a-z]{2,5}-', 'gld'],
  ['gl[a-z]{2,5}-', 'glr'],
  ['gl[a-z]{2,5}-', 'gls'],
  ['gl[a-z]{2,5}-', 'glf'],
  ['gl[a-z]{2,5}-', 'gli'],
  ['gl[a-z]{2,5}-', 'gla'],
  ['gl[a-z]{2,5}-', 'glo'],
  ['xox', 'xox'],
  ['xapp-', 'xap'],
  ['(?<![a-z0-9_])sk-', 'sk-'],
  ['[srp]k_(?:live|test)_', 'k_l'],
  ['[srp]k_(?:live|test)_', 'k_t'],
  ['whsec_', 'hse'],
  ['ya29', 'ya2'],
  ['gocspx', 'ocs'],
  ['eyj', 'eyj'],
  ['npm_', 'npm'],
  ['do[por]_v1_', '_v1'],
  ['hf_', 'hf_'],
  ['aal_', 'aal'],
  ['pypi-', 'ypi'],
  ['shp(?:at|ca|pa|ss)', 'shp'],
  ['dapi', 'dap'],
  ['hvs', 'hvs'],
  ['a(?:kia|sia|bia|cca)[0-9a-z]{4}|a(?:kia|sia|bia|cca)[0-9a-z]*$', 'aki'],
  ['asia[0-9a-z]{2}', 'asi'],
  ['abia[0-9a-z]{2}', 'abi'],
  ['acca[0-9a-z]{2}', 'acc'],
  ['aiza', 'aiz'],
  ['-----begin', '---'],
  ['sig=', 'ig='],
  ['signature=', 're='],
  ['slack', 'lac'],
  ['discord', 'isc'],
  ['(?:create|alter|replace)\\s{1,5}(?:role|user|group|login)', 'rol'],
  ['(?:create|alter|replace)\\s{1,5}(?:role|user|group|login)', 'use'],
  ['(?:create|alter|replace)\\s{1,5}(?:role|user|group|login)', 'gro'],
  ['(?:create|alter|replace)\\s{1,5}(?:role|user|group|login)', 'log'],
]

/** Five bits of a character: letters regardless of their case; other signs share the places of some letters. */
const signBits = 5
const threeSigns = (1 << (3 * signBits)) - 1
const patterns: (RegExp | undefined)[] = Array.from({ length: 1 << (3 * signBits) })
for (const [pattern, three] of tellings) {
  const code = codeOf(three)
  const before = patterns[code]?.source
  patterns[code] = new RegExp(before === undefined ? pattern : `${before}|${pattern}`, 'i')
}
const rare = Uint8Array.from(patterns, (pattern) => (pattern === undefined ? 0 : 1))
/** Finds what tells of a secret. */
export const telling = new RegExp([...new Set(tellings.map(([pattern]) => pattern))].join('|'), 'i')
/** How much around three telling signs is looked at. */
const unitsBefore = 44
const unitsBehind = 24

function codeOf(three: string): number {
  let code = 0
  for (const sign of three) code = (code << signBits) | (sign.charCodeAt(0) & 31)
  return code
}

/**
 * False for nearly every text that has no secret, at once; true for every text that has one. One step for each
 * character: three signs in a row are looked up in a table, and only where they tell something is the text around
 * compared with what they may come from.
 */
export function mayHoldSecret(text: string): boolean {
  let code = 0
  for (let at = 0; at < text.length; at++) {
    code = ((code << signBits) | (text.charCodeAt(at) & 31)) & threeSigns
    if (rare[code] !== 1) continue
    const around = text.slice(Math.max(0, at - unitsBefore), at + unitsBehind)
    if (patterns[code]?.test(around) === true) return true
  }
  return false
}
