/** What saved views may have, apart from the schemas, so that a page can name it without a validator. */
export const viewLimits = {
  nameUnitsMax: 100,
  /** Of one person, shared or not; and shared ones of a workspace. */
  viewsOfOneMax: 100,
  sharedViewsMax: 300,
  /** The state as JSON in UTF-8. A list of all views of a person stays below 7 MiB so. */
  stateBytesMax: 16 * 1024,
  columnsMax: 50,
} as const
