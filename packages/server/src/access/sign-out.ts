import { commitWithEvent } from '../settings/commit-with-event.ts'
import type { Act } from './act.ts'

/** Ends the viewer's session. Does nothing for who is not signed in by a session. */
export async function signOut({ settings, viewer, record }: Act): Promise<void> {
  if (viewer.via !== 'session') return
  const { sessionId } = viewer
  await commitWithEvent(settings, record, async (transaction) => {
    const ended = await transaction
      .deleteFrom('sessions')
      .where('id', '=', sessionId)
      .returning('id')
      .executeTakeFirst()
    if (!ended) return { result: undefined }
    return { result: undefined, event: { type: 'user_signed_out', actor: viewer.actor } }
  })
}
