import { setTimeout as sleep } from 'node:timers/promises'
import { AuditError } from '@aleph-audit-log/domain/error'
import { eventLimits, readEvent, type EventDraft } from '@aleph-audit-log/domain/event'
import { toSearchableEvent } from '@aleph-audit-log/domain/searchable-event'

/** Takes drafts as the audit log does: valid ones, all or none, each id once; another content under an id is a fault. */
export class AuditLogForDrafts {
  readonly #byId = new Map<string, string>()
  readonly drafts: EventDraft[] = []
  /** Thrown, once each and in order, instead of taking what comes. */
  readonly faults: Error[] = []
  /** Ids that came again. */
  repeats = 0
  ingested = 0

  ingest = async (drafts: EventDraft[]): Promise<void> => {
    const fault = this.faults.shift()
    if (fault !== undefined) throw fault
    const problems = drafts.flatMap((draft, i) => {
      const options = { receivedAt: '2026-11-22T10:00:00Z', createId: () => 'never', path: `events[${i}]` }
      const event = readEvent(draft, options)
      if (Array.isArray(event)) return event
      toSearchableEvent({ ...event, workspaceId: 'w', source: 's', contentHash: '' })
      const bytes = Buffer.byteLength(JSON.stringify(draft))
      return bytes <= eventLimits.eventBytesMax
        ? []
        : [{ path: `events[${i}]`, message: `has ${bytes} bytes` }]
    })
    if (problems.length > 0) throw new AuditError('invalid', 'The events are not valid.', { problems })
    for (const draft of drafts) this.#take(draft)
    this.ingested += drafts.length
  }

  #take(draft: EventDraft): void {
    const id = draft.id ?? ''
    const content = JSON.stringify(draft)
    const known = this.#byId.get(id)
    if (known === undefined) {
      this.#byId.set(id, content)
      this.drafts.push(draft)
    } else if (known === content) this.repeats++
    else throw new Error(`Another event under the id ${id}:\n${known}\n${content}`)
  }

  /** The SQL of the queries so far. */
  sql(): string[] {
    return this.drafts.flatMap((draft) => {
      const sql = draft.data?.['sql']
      return typeof sql === 'string' ? [sql] : []
    })
  }

  ofType(type: string): EventDraft[] {
    return this.drafts.filter((draft) => draft.type === type)
  }

  /** Waits until a draft fulfils the condition. */
  async until(condition: (draft: EventDraft) => boolean): Promise<EventDraft> {
    for (let tries = 0; tries < 1000; tries++) {
      const found = this.drafts.find(condition)
      if (found !== undefined) return found
      await sleep(10)
    }
    throw new Error(`No such event came. There are: ${JSON.stringify(this.drafts, undefined, 1)}`)
  }

  async untilSql(sql: string): Promise<EventDraft> {
    return this.until((draft) => draft.data?.['sql'] === sql)
  }
}
