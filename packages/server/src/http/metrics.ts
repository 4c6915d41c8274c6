import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** What the metrics read when Prometheus asks. */
export type MetricSources = {
  journalBytes: () => number
  journalReserveUsedBytes: () => number
  isDiskFull: () => boolean
  journalSequence: () => number
  appliedSequence: () => number
  queuedBytes: () => number
  bodiesBytes: () => number
  repeatsDropped: () => number
  applyErrors: () => number
  tailClients: () => number
  problems: () => number
  quarantinedEvents: () => number
  exportsDelivered: () => number
  exportsFailed: () => number
  alertsDelivered: () => number
  alertsUndelivered: () => number
  detectionsBehindEvents: () => number
  detectionsJudgedEvents: () => number
  detectionsLeftOut: () => number
  alertsOpened: () => number
}

export type Metrics = {
  registry: Registry
  countRequest: (method: string, route: string, status: number, seconds: number) => void
}

type NamedGauge = [name: string, help: string, read: () => number]

function detectionGauges(sources: MetricSources): NamedGauge[] {
  return [
    [
      'audit_detections_behind_events',
      'Events that this server has still to hold against the detection rules',
      sources.detectionsBehindEvents,
    ],
    [
      'audit_detections_judged_events',
      'Events that this server held against the detection rules since its start',
      sources.detectionsJudgedEvents,
    ],
    [
      'audit_detections_left_out',
      'Times that a limit of the detections left something out since the start: see detection-limits.ts',
      sources.detectionsLeftOut,
    ],
    ['audit_alerts_opened', 'Alerts that this server opened since its start', sources.alertsOpened],
  ]
}

/** All metrics of the server, in Prometheus's form. Labels hold route patterns, never what a user sent. */
export function createMetrics(sources: MetricSources): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const gauges: NamedGauge[] = [
    ['audit_journal_bytes', 'Bytes in the journal, applied or not', sources.journalBytes],
    [
      'audit_journal_reserve_used_bytes',
      'Bytes of the reserve that were given to urgent events because the disk is full',
      sources.journalReserveUsedBytes,
    ],
    [
      'audit_disk_full',
      '1 while the disk is full and events are refused',
      () => Number(sources.isDiskFull()),
    ],
    ['audit_journal_sequence', 'Sequence of the last acknowledged event', sources.journalSequence],
    ['audit_applied_sequence', 'Sequence up to which events are in the event store', sources.appliedSequence],
    ['audit_commit_queue_bytes', 'Bytes that wait for the journal', sources.queuedBytes],
    ['audit_request_bodies_bytes', 'Bytes of the request bodies that are in memory', sources.bodiesBytes],
    [
      'audit_repeats_dropped',
      'Events left out since the start because their id was there before',
      sources.repeatsDropped,
    ],
    [
      'audit_apply_errors',
      'Failed attempts since the start to bring a batch into the event store',
      sources.applyErrors,
    ],
    [
      'audit_quarantined_events',
      'Events that the event store refuses for good, in quarantine.jsonl',
      sources.quarantinedEvents,
    ],
    [
      'audit_exports_delivered',
      'Scheduled exports that this server delivered since its start',
      sources.exportsDelivered,
    ],
    [
      'audit_exports_failed',
      'Scheduled exports that failed on this server for good since its start',
      sources.exportsFailed,
    ],
    ...detectionGauges(sources),
    [
      'audit_alert_deliveries_delivered',
      'Deliveries to receivers of alerts that this server made since its start',
      sources.alertsDelivered,
    ],
    [
      'audit_alert_deliveries_dead',
      'Deliveries to receivers of alerts that this server gave up since its start',
      sources.alertsUndelivered,
    ],
    ['audit_tail_clients', 'Live tails that are open', sources.tailClients],
    ['audit_problems', 'How many problems /readyz tells; 0 when it is ready', sources.problems],
  ]
  for (const [name, help, read] of gauges) {
    const gauge: Gauge = new Gauge({ name, help, registers, collect: () => gauge.set(read()) })
  }
  const requests = new Histogram({
    name: 'audit_http_request_seconds',
    help: 'Time to answer a request',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30],
    registers,
  })
  return {
    registry,
    countRequest: (method, route, status, seconds) =>
      requests.observe({ method, route, status: String(status) }, seconds),
  }
}
