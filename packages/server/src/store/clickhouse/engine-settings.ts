/**
 * How every query runs, on both engines. Values are said even where they are the default, because a server's profile
 * may have others.
 */
export const querySettings = {
  // Numbers come back as they were sent, to the last digit.
  precise_float_parsing: 1,
  output_format_json_quote_64bit_integers: 0,
  output_format_json_escape_forward_slashes: 0,
  date_time_input_format: 'basic',
  date_time_output_format: 'simple',
  session_timezone: 'UTC',
  // The limit on time holds as it is, without a guess from the first rows.
  timeout_before_checking_execution_speed: 0,
  optimize_use_implicit_projections: 1,
  // Indexes are looked at before reading, not granule by granule: a frequent word takes 46 instead of 70 ms at 10 M.
  use_skip_indexes_on_data_read: 0,
  // Conditions are asked in the order in which they are written, the cheap ones first: see `renderFilter`. By the sizes of columns
  // the engine looks through the data of every event before it asks for a kind that few have: 105 instead of 4 s at 10 M.
  allow_reorder_prewhere_conditions: 0,
  // Many texts at once are looked for by an automaton, see `renderFilter`.
  allow_hyperscan: 1,
  max_hyperscan_regexp_length: 0,
  max_hyperscan_regexp_total_length: 0,
  // It would take a tenth of an insert's time; merges make it, and new parts are small enough to be read.
  exclude_materialize_skip_indexes_on_insert: 'search_ngrams',
  // A search of many terms is long; in the embedded engine a parameter is set by a statement, too.
  max_query_size: 4 * 1024 * 1024,
} as const
