/**
 * Words that are written in lower case in normalised text, whatever the dialect does with the case of names: words that
 * name nothing in practice. What is missing here only makes two spellings of a query two shapes.
 */
export const keywords: ReadonlySet<string> = new Set(
  `all alter analyze and any array as asc asof begin between both by call cascade case cast check collate column comment
  commit conflict constraint copy create cross cube current current_date current_time current_timestamp database
  declare default delete deny desc describe distinct do drop duplicate else end escape except exec execute exists
  explain export extract false fetch filter final for foreign from full function global grant group grouping having
  if ignore ilike immediate in index inner insert intersect interval into is join key lateral left like limit load
  lock materialized merge minus natural next not null nulls of offset on only option or order outer over overwrite
  partition pivot prepare primary procedure qualify references refresh regexp release replace restrict returning
  revoke right rlike rollback rollup row rows savepoint schema select semi set sets show similar some start
  straight_join table tablesample temp temporary then to top trigger true truncate union unique unload unnest unpivot
  update use using vacuum values view when where while window with within
  count sum avg min max coalesce nullif`.split(/\s+/),
)
