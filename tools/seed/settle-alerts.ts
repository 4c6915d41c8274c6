import type { Resolution } from '@aleph-audit-log/domain/alert-values'
import type { Alert } from '@aleph-audit-log/domain/api/alerts'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import { timeToMs } from '@aleph-audit-log/domain/time'
import type { Act } from '../../packages/server/src/access/act.ts'
import { permissionsOf, type Person } from '../../packages/server/src/access/viewer.ts'
import { readShippedRules } from '../../packages/server/src/detect/testing/judge-drafts.ts'
import { toAlert } from '../../packages/server/src/settings/alerts/alert-rows.ts'
import { acknowledgeAlert, resolveAlert } from '../../packages/server/src/settings/alerts/change-alert.ts'
import type { Settings } from '../../packages/server/src/settings/open-settings.ts'
import { incidents } from './incident.ts'
import { personOf } from './people.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** After so long somebody has looked after an incident, and has closed it. */
const acknowledgedAfterMs = 4 * dayMs
const closedAfterMs = 7 * dayMs
/** After so long they have asked about what was harmless. */
const askedAfterMs = 2 * dayMs
/** What one person set off within this time belongs together. */
const togetherMs = 12 * hourMs

type SettleOptions = {
  settings: Settings
  workspaceId: string
  nowMs: number
  /** Keeps an event of the workspace. */
  record: (draft: EventDraft) => Promise<void>
}

/**
 * What the company's security desk has done with older alerts: the newest are open, so that there is something to do; of
 * the others the harmless ones and those that are dealt with are closed, with reasons.
 */
export async function settleAlerts(options: SettleOptions): Promise<void> {
  const { settings, workspaceId, nowMs, record } = options
  const rows = await settings.db
    .selectFrom('alerts')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .orderBy('last_event_at')
    .orderBy('id')
    .execute()
  const alerts = rows.map(toAlert)
  const told = alerts.flatMap((alert) => {
    const incident = incidentOf(alert)
    return incident === undefined ? [] : [{ alert, incident }]
  })
  const desk = securityDesk(workspaceId)
  for (const alert of alerts) {
    const ageMs = nowMs - timeToMs(alert.lastEventAt)
    // Some hours later, each at its own time.
    const atMs =
      timeToMs(alert.lastEventAt) + (2 + (alert.eventCount % 5) + alert.summary.length / 60) * hourMs
    const act: Act = {
      settings,
      viewer: desk,
      nowMs: atMs,
      record: async (draft) => record({ ...draft, occurredAt: new Date(atMs).toISOString() }),
    }
    const own = told.find((one) => one.alert === alert)
    const other = told.find((one) => one.alert !== alert && areTogether(one.alert, alert))
    if (own === undefined && other === undefined) {
      if (ageMs > askedAfterMs) await resolve(act, alert, 'benign', 'Asked: it belongs to their work.')
      continue
    }
    if (ageMs > closedAfterMs) {
      if (own === undefined) await resolve(act, alert, 'duplicate', `Part of: ${other?.incident ?? ''}`)
      else await resolve(act, alert, 'true_positive', `${own.incident}: dealt with.`)
    } else if (ageMs > acknowledgedAfterMs) await acknowledgeAlert(act, alert.id)
  }
}

async function resolve(act: Act, { id }: Alert, resolution: Resolution, reason: string): Promise<void> {
  await resolveAlert(act, id, { resolution, reason })
}

const namesOfRules = new Map(readShippedRules().map(({ id, name }) => [id, name]))

/** The incident that an alert tells by the rule that is meant for it. */
function incidentOf({ rule }: Alert): string | undefined {
  const name = namesOfRules.get(rule.id)
  return Object.values(incidents).find((incident) => incident.rule === name)?.title
}

function areTogether(one: Alert, other: Alert): boolean {
  const apartMs = Math.abs(timeToMs(one.lastEventAt) - timeToMs(other.lastEventAt))
  return apartMs <= togetherMs && one.people.some((person) => other.people.includes(person))
}

function securityDesk(workspaceId: string): Person {
  const { name, email } = personOf('grace')
  return {
    via: 'session',
    workspaceId,
    actor: { type: 'user', id: email, name, email },
    role: 'admin',
    permissions: permissionsOf('admin'),
    userId: email,
    sessionId: 'security-desk',
  }
}
