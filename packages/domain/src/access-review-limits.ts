/** What an access review may have, apart from the schemas, so that a page can name it without a validator. */
export const accessReviewLimits = {
  /** Names and patterns in one review. */
  patternsMax: 100,
  /** Known tables that one review can be about. */
  tablesMax: 500,
  /** Lines of one review: each wants a decision. */
  linesMax: 1000,
  /** Of a line's tools, logins and applications; beyond, their number is told. */
  throughMax: 20,
  remarkUnitsMax: 300,
  reviewRemarkUnitsMax: 2000,
  tablesUnitsMax: 20_000,
  /** Table names that are offered while typing. */
  knownTablesMax: 5000,
  /** Reviews that are listed, the newest first. */
  listedMax: 200,
} as const
