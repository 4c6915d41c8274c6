import { AuditError } from '@aleph-audit-log/domain/error'
import type { SettingsTransaction } from '../commit-with-event.ts'
import type { Settings } from '../open-settings.ts'

/** How far detections have read the log of each node. */
export type DetectionPositions = ReadonlyMap<string, number>

export async function readDetectionPositions({ db }: Pick<Settings, 'db'>): Promise<Map<string, number>> {
  const rows = await db.selectFrom('detection_positions').selectAll().execute()
  // PostgreSQL's driver gives such numbers as text.
  return new Map(rows.map((row) => [row.node, Number(row.sequence)]))
}

/**
 * The very first start of detections: they begin where the log stands now, so that an installation with years of events is
 * not judged for them. Nothing is changed where detections have begun before.
 */
export async function beginDetections(settings: Settings, positions: DetectionPositions): Promise<void> {
  await settings.db.transaction().execute(async (transaction) => {
    // There are no rows yet that two servers which start at the same time could both lock.
    await settings.lockUntilCommit(transaction, 'first detections')
    const known = await transaction.selectFrom('detection_positions').select('node').executeTakeFirst()
    if (known !== undefined) return
    for (const [node, sequence] of positions) {
      await transaction.insertInto('detection_positions').values({ node, sequence }).execute()
    }
  })
}

/**
 * Moves the positions on, from where the caller knows them. Throws AuditError('conflict') if they stand elsewhere: another
 * server has judged the same events meanwhile, and what the caller found of them is not to be written.
 */
export async function moveDetectionPositions(
  transaction: SettingsTransaction,
  known: DetectionPositions,
  next: DetectionPositions,
): Promise<void> {
  for (const [node, sequence] of next) {
    const before = known.get(node)
    if (before === sequence) continue
    const moved =
      before === undefined
        ? await transaction
            .insertInto('detection_positions')
            .values({ node, sequence })
            .onConflict((conflict) => conflict.column('node').doNothing())
            .executeTakeFirst()
        : await transaction
            .updateTable('detection_positions')
            .set({ sequence })
            .where('node', '=', node)
            .where('sequence', '=', before)
            .executeTakeFirst()
    const changed = 'numUpdatedRows' in moved ? moved.numUpdatedRows : moved.numInsertedOrUpdatedRows
    if (changed !== 1n) {
      throw new AuditError('conflict', 'Another server runs the detections now.')
    }
  }
}

/** What is remembered of a group of a rule beside its alerts. */
export type KeptWindow = {
  workspaceId: string
  ruleId: string
  group: string
  overAt: string
  window: string
}

export async function readKeptWindows(
  { db }: Pick<Settings, 'db'>,
  workspaceId: string,
): Promise<Pick<KeptWindow, 'ruleId' | 'group' | 'window'>[]> {
  const rows = await db
    .selectFrom('detection_windows')
    .select(['rule_id', 'group_json', 'window_json'])
    .where('workspace_id', '=', workspaceId)
    .execute()
  return rows.map((row) => ({ ruleId: row.rule_id, group: row.group_json, window: row.window_json }))
}

/** Keeps them, each in place of what was known of its group, and drops what is over at `nowAt`. */
export async function keepWindows(
  transaction: SettingsTransaction,
  windows: readonly KeptWindow[],
  nowAt: string,
): Promise<void> {
  if (windows.length === 0) return
  await transaction.deleteFrom('detection_windows').where('over_at', '<', nowAt).execute()
  for (const { workspaceId, ruleId, group, overAt, window } of windows) {
    await transaction
      .insertInto('detection_windows')
      .values({
        workspace_id: workspaceId,
        rule_id: ruleId,
        group_json: group,
        over_at: overAt,
        window_json: window,
      })
      .onConflict((conflict) =>
        conflict
          .columns(['workspace_id', 'rule_id', 'group_json'])
          .doUpdateSet({ over_at: overAt, window_json: window }),
      )
      .execute()
  }
}
