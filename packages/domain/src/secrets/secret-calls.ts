import type { RedactionKind } from './redaction.ts'

/** Which arguments of a function are secrets. */
export type CallRule = {
  kind: RedactionKind
  /** `arg` counts from 0; `dotted`: the second argument was a name with a dot, which stands for two. */
  isSecret: (arg: number, dotted: boolean) => boolean
  /** Not masked although it stands there: names of algorithms and formats. */
  isHarmless?: RegExp
  /** Only literals that are an argument themselves, not those of functions inside. */
  direct?: true
  /** A literal that names a secret is followed by the secret: `set_config('app.token', '...')`. */
  pairs?: true
  /** Literals behind a semicolon are a user and a password. */
  afterSemicolon?: true
}

/** A literal that names an algorithm is no secret, wherever it stands. */
export const algorithm =
  /^(?:aes|bf|blowfish|des|3des|xdes|tripledes|md[245]|sha[-_]?\d{0,3}(?:[-_]\d{3})?|rc[24]|gcm|cbc|ecb|none|pkcs|default)(?:[-_/](?:cbc|ecb|gcm|ctr|ofb\d*|cfb\d*|pkcs|none|\d{3}|pad:\w+))*$/i
/** Formats and compressions of files, and lists of columns with their types. */
const format =
  /^(?:auto|CSV\w*|TSV\w*|TabSeparated\w*|JSON\w*|Parquet\w*|ORC|Avro\w*|Arrow\w*|Native|RowBinary\w*|Values|Template\w*|Protobuf\w*|LineAsString|Raw\w*|Regexp|MsgPack|Pretty\w*|CustomSeparated\w*|One|Npy|Form|CapnProto|gzip|gz|br|xz|zstd|zst|lz4|bz2|snappy|none|NOSIGN)$|^`?\w+`? +[A-Z]\w*(?:\(|,|$)/

const all = (): boolean => true
const crypto: CallRule = { kind: 'key', isSecret: all, isHarmless: algorithm }
const password: CallRule = { kind: 'password', isSecret: all, isHarmless: algorithm }
const firstHashed: CallRule = {
  kind: 'key',
  isSecret: (arg) => arg === 0,
  direct: true,
  isHarmless: algorithm,
}
const pairs: CallRule = { kind: 'secret', isSecret: () => false, pairs: true }
const objectStore: CallRule = { kind: 'key', isSecret: (arg) => arg >= 1 && arg <= 3, isHarmless: format }
const clusterStore: CallRule = { ...objectStore, isSecret: (arg) => arg >= 2 && arg <= 4 }
const azureStore: CallRule = { kind: 'key', isSecret: (arg) => arg === 4 || arg === 5, isHarmless: format }
const remote: CallRule = {
  kind: 'password',
  isSecret: (arg, dotted) => arg === (dotted ? 3 : 4),
}
/** Host, database, table, user, password. */
const foreignTable: CallRule = { kind: 'password', isSecret: (arg) => arg === 4 }
/** The same as the engine of a database, which has no table. */
const foreignDatabase: CallRule = { kind: 'password', isSecret: (arg) => arg === 3 }

const byName: Readonly<Record<string, CallRule>> = {
  CRYPT: password,
  PASSWORD: password,
  OLD_PASSWORD: password,
  PWDENCRYPT: password,
  PWDCOMPARE: password,
  SET_AUTHENTICATION: { kind: 'password', isSecret: (arg) => arg >= 2 },
  SET_WALLET: { kind: 'password', isSecret: (arg) => arg >= 1 },
  DIGEST: firstHashed,
  HASHBYTES: { ...firstHashed, isSecret: (arg) => arg === 1 },
  SET_CONFIG: pairs,
  JSONB_SET: pairs,
  JSON_SET: pairs,
  JSON_INSERT: pairs,
  JSON_REPLACE: pairs,
  JSON_MODIFY: pairs,
  HSTORE: pairs,
  MAP: pairs,
  NAMED_STRUCT: pairs,
  OPENROWSET: { kind: 'password', isSecret: () => false, afterSemicolon: true },
  OPENDATASOURCE: { kind: 'password', isSecret: () => false, afterSemicolon: true },
  MONGODB: foreignTable,
  EXTERNALDISTRIBUTED: { ...foreignTable, isSecret: (arg) => arg === 5 },
  MATERIALIZEDMYSQL: foreignDatabase,
  MATERIALIZEDPOSTGRESQL: foreignDatabase,
  REDIS: { kind: 'password', isSecret: (arg) => arg === 2 || arg === 4 },
  REMOTE: remote,
  REMOTESECURE: remote,
  YTSAURUS: { kind: 'token', isSecret: (arg) => arg === 2 },
}
const encrypting = /(?:EN|DE)CRYPT|HMAC|PASSPHRASE|CREDENTIALS?$/
const hashing = /^(?:MD5|SHA1?|SHA2|SHA224|SHA256|SHA384|SHA512)$/
const objects = /^(?:(?:JSONB?_(?:BUILD_)?OBJECT)|OBJECT_CONSTRUCT\w*|STRUCT)$/
const stores = /^(?:S3|S3QUEUE|GCS|OSS|COSN|DELTALAKE|DELTALAKES3|ICEBERG|ICEBERGS3|HUDI)$/
const clusters = /^(?:S3CLUSTER|DELTALAKECLUSTER|ICEBERG\w*CLUSTER|HUDICLUSTER)$/
const azure = /^(?:AZUREBLOBSTORAGE\w*|AZUREQUEUE|ICEBERGAZURE|DELTALAKEAZURE)$/

/** What is secret in a call of this name (in capitals); `ofDatabase`: it is the engine of a database. */
export function ruleOfCall(name: string, ofDatabase: boolean): CallRule | undefined {
  if (Object.hasOwn(byName, name)) return byName[name]
  if (encrypting.test(name)) return crypto
  if (hashing.test(name)) return firstHashed
  if (objects.test(name)) return pairs
  if (name === 'MYSQL' || name === 'POSTGRESQL') return ofDatabase ? foreignDatabase : foreignTable
  if (stores.test(name)) return objectStore
  if (clusters.test(name)) return clusterStore
  return azure.test(name) ? azureStore : undefined
}

/** What is known inside of a pair of parentheses. */
export class CallFrame {
  readonly rule: CallRule | undefined
  /** The kinds of the columns whose values stand here, by their place. */
  readonly columns: ReadonlyMap<number, RedactionKind> | undefined
  readonly #inherited: RedactionKind | undefined
  readonly #isHarmless: RegExp | undefined
  arg = 0
  dotted = false
  lastSign = ''
  #pair: { kind: RedactionKind; arg: number } | undefined

  constructor(
    rule: CallRule | undefined,
    columns: ReadonlyMap<number, RedactionKind> | undefined,
    outer: CallFrame | undefined,
  ) {
    this.rule = rule
    this.columns = columns
    this.#inherited = outer?.kindForInner()
    this.#isHarmless = rule?.isHarmless ?? outer?.isHarmless
  }

  /** The kind of a literal that stands here; undefined where it is not secret. */
  kindOf(content: string): RedactionKind | undefined {
    if (this.#isHarmless?.test(content) === true) return undefined
    if (this.#pair !== undefined && this.#pair.arg === this.arg - 1) return this.#pair.kind
    if (this.rule?.afterSemicolon === true && this.lastSign === ';') return this.rule.kind
    return this.#ownKind() ?? this.#inherited
  }

  get isHarmless(): RegExp | undefined {
    return this.#isHarmless
  }

  kindForInner(): RedactionKind | undefined {
    if (this.rule?.direct === true) return this.#inherited
    if (this.#pair !== undefined && this.#pair.arg === this.arg - 1) return this.#pair.kind
    return this.#ownKind() ?? this.#inherited
  }

  #ownKind(): RedactionKind | undefined {
    if (this.columns !== undefined) return this.columns.get(this.arg)
    return this.rule?.isSecret(this.arg, this.dotted) === true ? this.rule.kind : undefined
  }

  /** A literal that names a secret: the next argument is one. */
  notePair(kind: RedactionKind | undefined): void {
    if (this.rule?.pairs === true && kind !== undefined) this.#pair = { kind, arg: this.arg }
  }

  /** Whether what follows may be secret even if the text ends here. */
  get holdsSecrets(): boolean {
    return this.#inherited !== undefined || this.columns !== undefined || this.rule !== undefined
  }
}
