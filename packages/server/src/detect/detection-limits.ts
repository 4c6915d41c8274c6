/** Every limit of the evaluation of rules. What they cut is counted, and shown where the detections are looked after. */
export const detectionLimits = {
  /** Groups that one event belongs to for one rule: an event with more is not judged by it. */
  groupsOfEventMax: 1000,
  /** Events in the windows of one group, and of all rules of a workspace; the oldest go. */
  windowEventsMax: 20_000,
  windowsEventsMax: 200_000,
  /** Events that are read again after a start to know the windows that are not over. */
  replayedEventsMax: 50_000,
  /** Rows of the past that are asked for at once: of all groups of a rule if they fit, else of some groups. */
  pastRowsMax: 30_000,
  pastGroupsAskedMax: 50,
  /** What is known of the past, for each rule: groups that were not needed for the longest time go, and are asked for again. */
  pastKeptMax: 60_000,
  /** Groups of which it is noticed that they have fallen silent. */
  silentGroupsMax: 10_000,
  /** Evidence kept of one finding; `eventCount` counts all. */
  evidenceMax: 200,
  /** A backtest: rows of sums, events that are read one by one, alerts that are shown (all are counted). */
  backtest: { rowsMax: 200_000, eventsMax: 50_000, evidenceEventsMax: 500, alertsMax: 100, eventIdsMax: 20 },
  /** An event that came in more than so long after it happened is not judged against the past any more. */
  lateMsMax: 31 * 86_400_000,
} as const
