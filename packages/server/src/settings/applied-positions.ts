import type { Settings } from './open-settings.ts'

/** How far a server has applied its journal, and where it stood when it first told the others. */
export type AppliedPosition = { node: string; first: number; sequence: number }

/** Tells the servers that share the event store how far this one has applied its journal. */
export async function tellAppliedPosition({ db }: Settings, node: string, sequence: number): Promise<void> {
  await db
    .insertInto('applied_positions')
    .values({ node, first_sequence: sequence, sequence })
    .onConflict((conflict) => conflict.column('node').doUpdateSet({ sequence }))
    .execute()
}

/** How far all servers have, each as it said itself: the event store has everything up to there. */
export async function readAppliedPositions({ db }: Settings): Promise<AppliedPosition[]> {
  const rows = await db.selectFrom('applied_positions').selectAll().execute()
  // PostgreSQL's driver gives such numbers as text.
  return rows.map((row) => ({
    node: row.node,
    first: Number(row.first_sequence),
    sequence: Number(row.sequence),
  }))
}
