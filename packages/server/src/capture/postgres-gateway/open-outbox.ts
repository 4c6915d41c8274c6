import type { GatewayMode } from '@aleph-audit-log/domain/api/integrations'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import type { Log } from '../../log.ts'
import { MemoryOutbox } from './memory-outbox.ts'
import type { Outbox, OutboxLimits, OutboxOptions } from './outbox.ts'
import { SpoolOutbox } from './spool-outbox.ts'
import { toLostDraft, toRefusedDraft } from './to-own-drafts.ts'

export type OpenOutboxOptions = {
  integrationId: string
  /** A folder of this integration's own for events that wait on the disk. */
  spoolDir: string
  ingest: OutboxOptions['ingest']
  /** Takes secrets out of a draft, before it is written to the disk. */
  mask: (draft: EventDraft) => EventDraft
  clock: () => number
  log: Log
  limits?: OutboxLimits
}

/** The outbox of a gateway in this mode. Errors: those of `SpoolOutbox.open`. */
export async function openOutbox(mode: GatewayMode, options: OpenOutboxOptions): Promise<Outbox> {
  return mode === 'observe' ? new MemoryOutbox(outboxOptionsOf(options)) : openSpool(options)
}

/** The spool of a gateway, also one that does not run any more. */
export async function openSpool(options: OpenOutboxOptions): Promise<SpoolOutbox> {
  const { spoolDir, mask } = options
  return SpoolOutbox.open({ ...outboxOptionsOf(options), dir: spoolDir, mask })
}

function outboxOptionsOf({ integrationId, ingest, clock, log, limits }: OpenOutboxOptions): OutboxOptions {
  return {
    ingest,
    toRefused: (draft, reasons) => toRefusedDraft(draft, reasons, clock()),
    toLost: (lost) => toLostDraft(integrationId, lost),
    now: clock,
    ...(limits === undefined ? {} : { limits }),
    onError: (error) => log.error('A gateway cannot record what happens', error),
  }
}
