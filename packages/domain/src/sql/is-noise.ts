import type { Statement } from '../event.ts'

/** Functions that only tell of the session or the time: asking for them alone is what drivers and pools do. */
const harmlessFunctions = new Set(
  `version current_database current_schema current_schemas current_user session_user user database schema now today
  current_date current_time current_timestamp connection_id last_insert_id pg_backend_pid current_setting
  pg_is_in_recovery txid_current sysdate getdate sysdatetime db_name suser_name suser_sname user_name host_name
  scope_identity serverproperty current_role current_warehouse current_account current_region current_version
  current_session system_user found_rows row_count timezone hostname uptime count coalesce nullif cast`.split(
    /\s+/,
  ),
)
/** These change who acts, or the settings of everybody. */
const tellingSession =
  /^(?:set (?:session authorization|role|local role|session role|global|persist|password)|alter|use role|use secondary|attach|detach)\b/
const catalogues =
  /^(?:(?:[\w$-]+\.)?(?:information_schema|pg_catalog|sys|system|performance_schema|svv_\w+|duckdb_\w+)\.|pg_|sqlite_|svv_|stv_|all_tab|all_obj|all_col|all_view|all_ind|user_tab)/i
/** In the catalogues, but with secrets or permissions in them. */
const sensitive =
  /(?:authid|shadow|user_mapping|hba_file|sql_logins|stat_activity|stat_statements|login_history|query_history|access_history|system\.users|system\.query_log)/i
/** What looks like a call in normalised text; a name in quotes is never one of those that are known. */
const calls = /([\p{L}_][\p{L}\p{N}_$]*|["`])\s*\(/gu
/** In front of a parenthesis these call nothing. */
const structure = new Set(
  'select distinct from where and or not in as on when then else case with by join'.split(' '),
)
/** What drivers ask of a catalogue beside its tables. */
const lookUps =
  /^(?:pg_get_\w+|pg_\w+_is_visible|has_\w+_privilege|format_type|obj_description|col_description|quote_ident|array_agg|string_agg|array_to_string|generate_subscripts|any|all|exists|values|lower|upper|trim|replace|concat|substring|if|ifnull|row_number|over|max|min|sum|varchar|char|numeric|decimal)$/

/**
 * Whether a statement is one of those that machines send by themselves: settings of the session, BEGIN and COMMIT,
 * look-ups in the catalogue, SELECT 1. What could do something, or tells a secret, is none.
 */
export function isNoise(statement: Statement): boolean {
  const { kind, parsed, tables, normalized } = statement
  if (!parsed) return false
  if (kind === 'tcl') return true
  if (kind === 'session') return !tellingSession.test(normalized)
  if (kind !== 'read') return false
  const isCatalogue = tables.every(({ name }) => catalogues.test(name) && !sensitive.test(name))
  if (!isCatalogue) return false
  return [...normalized.matchAll(calls)].every(([, name = '']) => {
    const lower = name.toLowerCase()
    if (structure.has(lower) || harmlessFunctions.has(lower)) return true
    // A function of somebody's own does anything, also beside a table of the catalogue.
    return tables.length > 0 && lookUps.test(lower)
  })
}
