import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { limitLine, peerLine, type Line, type PartOutcome } from '../benchmark.ts'
import type { AuditServer } from '../audit-server.ts'
import { quantileFigure, toFigure } from '../figures.ts'
import { makeHistory } from '../histories/make-history.ts'
import { playHistory, readAlerts, scoreAlerts, type Score } from '../histories/play-history.ts'
import type { PartContext } from '../part.ts'
import { addPolicies } from '../add-policies.ts'
import { switchOffRules } from '../switch-off-rules.ts'
import type { IngestClientResult } from '../workers/ingest-client.ts'

/** What the shipped rules find of what is hidden, how often they are wrong, how soon they tell, and what they cost. */
export async function measureDetections(context: PartContext): Promise<PartOutcome> {
  const scores: Score[] = []
  for (let history = 1; history <= context.sizes.detections.histories; history++) {
    const score = await playOne(context, `bench-${history}`)
    for (const { kind, variant } of score.missed) context.say(`missed: ${kind}, ${variant}`)
    for (const { summary } of score.falseAlerts) context.say(`false: ${summary}`)
    scores.push(score)
  }
  const waits = await measureWaits(context)
  const rates = await measureIngest(context)
  return { lines: linesOf(context, scores, waits, rates), versions: {}, conditions: [] }
}

async function playOne({ testbed, sizes, say }: PartContext, seed: string): Promise<Score> {
  const history = makeHistory({ seed, nowMs: Date.now(), days: sizes.detections.days, incidents: true })
  say(`history ${seed}: ${history.events.length} events, ${history.incidents.length} incidents`)
  return testbed.withFolder('history', async (folder) =>
    testbed.withServer(folder, async (server) => {
      await playHistory(server, history)
      return scoreAlerts(history, await readAlerts(server))
    }),
  )
}

const waitMsMax = 60_000

/** From sending an event until its alert is in the list, in ms, one after the other. */
async function measureWaits({ testbed, sizes, say }: PartContext): Promise<number[]> {
  say('from an event to its alert')
  return testbed.withFolder('waits', async (folder) =>
    testbed.withServer(folder, async (server) => {
      const waits: number[] = []
      for (let sample = 0; sample < sizes.detections.samples; sample++) waits.push(await timeAlert(server))
      return waits
    }),
  )
}

async function timeAlert(server: AuditServer): Promise<number> {
  const id = randomUUID()
  const actor = { type: 'user', email: `${id}@acme.example` }
  const startMs = performance.now()
  await server.send(`${JSON.stringify({ id, type: 'user_role_changed', actor, data: { to: 'admin' } })}\n`)
  for (;;) {
    const { alerts } = await server.getJson<{ alerts: { eventIds: string[] }[] }>('/api/v1/alerts', {
      limit: '5',
    })
    const waitedMs = performance.now() - startMs
    if (alerts.some(({ eventIds }) => eventIds.includes(id))) return waitedMs
    if (waitedMs > waitMsMax) throw new Error(`no alert came within ${waitMsMax} ms`)
    await sleep(20)
  }
}

/** So many as a company with many of them has. */
const policies = 50

type Rates = { withRules: number[]; without: number[] }

/** How many events a second are taken and stored with all shipped rules and policies, and with none, in turn. */
async function measureIngest(context: PartContext): Promise<Rates> {
  const { testbed, sizes, say } = context
  const rates: Rates = { withRules: [], without: [] }
  for (let round = 1; round <= sizes.detections.rounds; round++) {
    for (const kind of ['withRules', 'without'] as const) {
      const rate = await testbed.withFolder('ingest', async (folder) => {
        if (kind === 'without') {
          // The first start makes the workspace.
          await testbed.withServer(folder, async () => undefined)
          await switchOffRules(folder)
        }
        return testbed.withServer(folder, async (server) => {
          if (kind === 'withRules') await addPolicies(server, policies)
          return ingest(context, server)
        })
      })
      say(`round ${round}, ${kind}: ${Math.round(rate)} events/s`)
      rates[kind].push(rate)
    }
  }
  return rates
}

async function ingest({ testbed, sizes }: PartContext, server: AuditServer): Promise<number> {
  const { seconds, clients, pool } = sizes.detections
  return testbed.withWorker('ingest-client', async (client) => {
    await client.call({ prepare: pool })
    const startMs = performance.now()
    const { url, authorization } = server
    // The worker's file states its result.
    const { accepted } = (await client.call({
      url,
      authorization,
      seconds,
      clients,
    })) as IngestClientResult
    await server.untilApplied()
    return accepted / ((performance.now() - startMs) / 1000)
  })
}

function linesOf({ sizes }: PartContext, scores: readonly Score[], waits: number[], rates: Rates): Line[] {
  const { days, samples, seconds, clients } = sizes.detections
  const hidden = scores.map((score) => score.hidden)
  const found = scores.map((score) => score.hidden - score.missed.length)
  const sent = `Weeks of companies of forty people (${scores.length}, of ${days} days each) that the rules were not tuned on, sent to \`POST /api/v1/events\` in the order of their times, with one incident of each kind hidden in the second half; alerts read from \`GET /api/v1/alerts\``
  return [
    peerLine(
      {
        id: 'detections.found',
        title: 'Hidden incidents found',
        unit: 'incidents',
        ours: toFigure(found),
        meaning: `${sent}. An incident counts as found if an alert of a rule that is meant for it has one of its events.`,
      },
      'hidden',
      toFigure(hidden),
      { kind: 'at least', ratio: 0.95 },
    ),
    limitLine(
      {
        id: 'detections.false',
        title: 'False alerts a day',
        unit: 'alerts',
        ours: toFigure(scores.map((score) => score.falseAlerts.length / score.days)),
        meaning: `${sent}. False is every alert, of any level, without an event of an incident, after two weeks.`,
      },
      2,
    ),
    limitLine(
      {
        id: 'detections.wait',
        title: 'From an event to its alert, 95th percentile',
        unit: 'ms',
        ours: quantileFigure([waits], 0.95),
        meaning: `From sending one event over HTTP until its alert is in the list, asked every 20 ms; ${samples} events one after the other, all shipped rules.`,
      },
      5000,
    ),
    peerLine(
      {
        id: 'detections.ingest',
        title: `Ingest with all shipped rules and ${policies} policies`,
        unit: 'events/s',
        ours: toFigure(rates.withRules),
        meaning: `JSON lines over HTTP from ${clients} connections for ${seconds} s, counted until every event was in the event store. The policies ask for groups, tags, tools, applications, networks and hours. Peer: the same with every rule switched off, and no policy.`,
      },
      'without',
      toFigure(rates.without),
      { kind: 'at least', ratio: 0.85 },
    ),
  ]
}
