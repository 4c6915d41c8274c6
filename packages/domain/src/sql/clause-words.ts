/** Words of the grammar, by what they mean for the reader. */

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/))
}

/** These end a list of tables. */
export const clauseStarts = words(
  `where group having order limit offset fetch union except intersect minus window qualify set values returning connect
  start prewhere settings format into when then select insert cluster distribute sort option do qualify output model
  |> return begin end emit else`,
)

/** Before a table that is joined. */
export const joinWords = words('join straight_join apply')

/** Of these a query or another statement with a result begins. */
export const queryStarts = words('select with values from')

/** A table cannot have one of these names without quotes. */
export const reservedWords = words(
  `select from where group having order limit union except intersect join on using set values and or not in is as by
  when then else end case insert update delete into natural left right full inner outer cross ) ; , . = < > * + - / [ ]`,
)

/** Behind a table these words are no alias of it. */
export const noAliases = words(
  `${[...clauseStarts].join(' ')} ${[...joinWords].join(' ')} left right full inner outer cross natural asof anti semi any
  all global positional lateral on using use force ignore with tablesample sample final for at before changes pivot
  unpivot match_recognize partition version versions timestamp array and or as only from where having update delete merge
  lock nolock if while declare exec execute print go is not null default offset ordinality loop hash union
  when matched indexed order window intersect fetch grouping paste procedure`,
)

/** Behind a table and its alias these may stand, besides a comma, a parenthesis and the end. */
export const behindTable = words(
  `${[...clauseStarts].join(' ')} ${[...joinWords].join(' ')} left right full inner outer cross natural asof anti semi any
  all global positional lateral on using use force ignore with tablesample sample final for at before changes pivot
  from unpivot match_recognize partition version versions timestamp array , ( ) ; [ @ = . and or as { } paste loop hash merge unnest
  repeatable match_condition indexed not * :: window lock procedure`,
)

/** Each of these begins a statement; in T-SQL also where no semicolon stands before it. */
export const statementStarts = words(
  `select insert update delete merge create alter drop truncate grant revoke deny exec execute declare if while begin
  print return use go with commit rollback raiserror throw waitfor dbcc backup restore open close fetch deallocate
  set kill`,
)
