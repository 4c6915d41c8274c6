import type { Settings } from './open-settings.ts'

/**
 * How far an integration has read its source, as it was last saved; undefined before the first time.
 * The caller parses it: only the capture knows its form, and a position from another version must not be believed.
 */
export async function readCapturePosition(settings: Settings, integrationId: string): Promise<unknown> {
  const row = await settings.db
    .selectFrom('capture_positions')
    .select('position')
    .where('integration_id', '=', integrationId)
    .executeTakeFirst()
  return row === undefined ? undefined : JSON.parse(row.position)
}

/**
 * Saves how far an integration has read. Save it after the events up to there are stored: then a crash reads some
 * lines twice (their ids repeat, so they are kept once) and never skips any.
 */
export async function saveCapturePosition(
  settings: Settings,
  saved: { integrationId: string; position: object; nowMs: number },
): Promise<void> {
  const position = JSON.stringify(saved.position)
  const updated_at = new Date(saved.nowMs).toISOString()
  await settings.db
    .insertInto('capture_positions')
    .values({ integration_id: saved.integrationId, position, updated_at })
    .onConflict((conflict) => conflict.column('integration_id').doUpdateSet({ position, updated_at }))
    .execute()
}
