import { join } from 'node:path'
import { timeFromMs } from '@aleph-audit-log/domain/time'
import type { Parts } from './audit-log-server.ts'
import { limits } from './config.ts'
import { Detections } from './detect/detections.ts'
import { evaluatorsHere, EvaluatorThread } from './detect/evaluator-thread.ts'
import { openRuleSet, type RuleSet } from './detect/rule-set.ts'
import { runEvery } from './jobs/run-every.ts'
import { packageFolder } from './package-folder.ts'

/** The rules that come with the product. */
const rulesBesideProgram = join(packageFolder, 'rules')

type DetectionParts = Pick<
  Parts,
  'config' | 'settings' | 'eventLog' | 'node' | 'now' | 'log' | 'alertDeliveries'
> & { shippedRulesDir: string | undefined; evaluatorProgram: string | undefined }

export type OpenDetections = {
  detections: Detections
  ruleSet: RuleSet
  close: () => Promise<void>
}

/** What holds the rules against what comes in, when it is started. Call it before the log takes events from outside. */
export async function openDetections({
  config,
  settings,
  eventLog,
  alertDeliveries,
  shippedRulesDir,
  evaluatorProgram,
  node,
  now,
  log,
}: DetectionParts): Promise<OpenDetections> {
  const { store, recent, journal, ingest } = eventLog
  const ruleSet = await openRuleSet({
    settings,
    shippedDir: shippedRulesDir ?? rulesBesideProgram,
    operatorDir: config.rulesDir,
  })
  // Servers that share the settings and have event stores of their own each judge what is in theirs.
  const isShared = config.clickhouse !== undefined
  const evaluators = evaluatorProgram === undefined ? evaluatorsHere : EvaluatorThread.at(evaluatorProgram)
  const detections = new Detections({
    settings,
    store,
    newEvents: recent,
    ruleSet,
    evaluators,
    record: async (drafts, workspaceId) =>
      void (await ingest([...drafts], { workspaceId, source: 'app', urgent: true })),
    onAlerts: () => alertDeliveries.notify(),
    leaseName: isShared ? 'detections' : `detections of ${node}`,
    keptFrom: () => timeFromMs(now() - config.retentionDays * 86_400_000),
    isSettled: () => journal.appliedSequence === journal.lastSequence,
    now,
    log,
    limits: limits.detections,
  })
  await detections.open()
  const following = runEvery(limits.detections.rulesPollMs, ruleSet.refresh, (error) =>
    log.warn('The detection rules could not be read again; those that are known go on', error),
  )
  return {
    detections,
    ruleSet,
    close: async () => {
      await following.stop()
      // It need not come to an end with what it is judging: that is judged again.
      const closing = detections.close()
      await evaluators.close()
      await closing
    },
  }
}
