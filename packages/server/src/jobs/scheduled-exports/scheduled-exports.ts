import type { Log } from '../../log.ts'
import {
  claimRun,
  enqueueDueRuns,
  postponeRun,
  recoverRuns,
  settleRun,
  type ClaimedRun,
} from '../../settings/schedules/export-runs.ts'
import type { Lease } from '../../settings/settings-engine.ts'
import { Pause } from '../pause.ts'
import { runExport, type RunDependencies } from './run-export.ts'
import { RunFailure, toRunFailure } from './run-failure.ts'

export type ScheduledExportsOptions = Omit<RunDependencies, 'limits'> & {
  log: Log
  limits: RunDependencies['limits'] & {
    /** How often it is looked for what is due. */
    pollMs: number
    runMsMax: number
    madeUpMax: number
    /** How long a run waits after its first failure that passes, its second...; after the last one it has failed. */
    retryMs: readonly number[]
  }
}

const tookTooLong = new RunFailure('It took too long.', { passes: true })
const isBug = new RunFailure('Something went wrong; the log of the server says what.', { passes: false })

/**
 * Runs what is due, one after the other. Of the servers that share the settings one does so, the one with the lease.
 *
 * **Promise: every period has one run, and every run ends as delivered, failed or skipped, with an event that says so.**
 * A run whose server ends in the middle is run again by the next one with the lease: what it delivers may come twice, and
 * is never lost. A failure that passes is tried again, with growing pauses; a delivery that cannot be recorded is not made
 * again by the same server.
 */
export class ScheduledExports {
  readonly #options: ScheduledExportsOptions
  readonly #counts = { delivered: 0, failed: 0 }
  readonly #told = new Map<string, string>()
  #lease: Lease | undefined
  readonly #pause = new Pause()

  constructor(options: ScheduledExportsOptions) {
    this.#options = options
  }

  /** How runs of this server have ended since its start. */
  get counts(): Readonly<{ delivered: number; failed: number }> {
    return this.#counts
  }

  /** Begins to run what is due, now or whenever this server gets the lease. */
  start(): void {
    const { settings, log } = this.#options
    this.#lease = settings.lease('scheduled exports', {
      work: async (lost) => this.#runUntil(lost),
      onError: (error) => log.error('The scheduled exports could not be run', error),
    })
  }

  /** Looks for what is due at once: a run was asked for. */
  notify(): void {
    this.#pause.end()
  }

  async close(): Promise<void> {
    await this.#lease?.close()
  }

  async #runUntil(lost: AbortSignal): Promise<void> {
    const { settings, now, log, limits } = this.#options
    // Whoever had the lease before has ended, in whatever way: what is running then runs nowhere.
    let hasRecovered = false
    while (!lost.aborted) {
      try {
        if (!hasRecovered) await recoverRuns(settings, now())
        hasRecovered = true
        await this.#runDue(lost)
      } catch (error) {
        if (!lost.aborted) log.error('The scheduled exports could not be looked at', error)
        // A run whose end could not be written down would run for ever.
        hasRecovered = false
      }
      await this.#pause.wait(limits.pollMs, lost)
    }
  }

  async #runDue(lost: AbortSignal): Promise<void> {
    const { settings, now, record, limits } = this.#options
    const onError = (id: string, error: unknown): void => this.#tellOnce(id, error)
    while (!lost.aborted) {
      // Before each one: a run may take long, and what falls due meanwhile is to be seen.
      await enqueueDueRuns(settings, { nowMs: now(), madeUpMax: limits.madeUpMax, record, onError })
      const claimed = await claimRun(settings, now())
      if (!claimed) return
      await this.#run(claimed, lost)
    }
  }

  /** It is looked for what is due every few seconds; the same again is no news. */
  #tellOnce(scheduleId: string, error: unknown): void {
    const text = String(error)
    if (this.#told.get(scheduleId) === text) return
    this.#told.set(scheduleId, text)
    this.#options.log.error(`The scheduled export ${scheduleId} is due and cannot be run`, error)
  }

  async #run(claimed: ClaimedRun, lost: AbortSignal): Promise<void> {
    const { settings, now, record, limits } = this.#options
    const { run } = claimed
    const signal = AbortSignal.any([lost, AbortSignal.timeout(limits.runMsMax)])
    try {
      if (run.attempts > limits.retryMs.length + 1) {
        throw new RunFailure('It was tried again and again, and the server ended in the middle of it.', {
          passes: false,
        })
      }
      const result = await runExport(claimed, this.#options, signal)
      await this.#settleDelivered(claimed, { state: 'delivered', nowMs: now(), record, ...result }, lost)
      this.#counts.delivered++
    } catch (error) {
      if (lost.aborted) {
        // Best effort: without it the next one with the lease finds it running.
        const message = 'The server was stopped in the middle of it. It is run again.'
        await postponeRun(settings, claimed, { retryMs: now(), message, counts: false })
        return
      }
      await this.#fail(claimed, signal.aborted ? tookTooLong : (toRunFailure(error) ?? isBug), error)
    }
  }

  /**
   * What was delivered is not delivered again because that could not be recorded: recording it is tried until it goes
   * well, or this server ends. Other runs wait; they could not be recorded either.
   */
  async #settleDelivered(
    claimed: ClaimedRun,
    ended: Parameters<typeof settleRun>[2],
    lost: AbortSignal,
  ): Promise<void> {
    const { settings, log, limits } = this.#options
    for (let failures = 0; ; failures++) {
      try {
        await settleRun(settings, claimed, ended)
        return
      } catch (error) {
        if (lost.aborted) throw error
        if (failures === 0) {
          const what = `The scheduled export ${claimed.schedule.id} was delivered (run ${claimed.run.id})`
          log.error(`${what}, but that could not be recorded; it is tried again`, error)
        }
        await this.#pause.wait(limits.pollMs, lost)
      }
    }
  }

  /** Tries again later what may go well then, and gives up the rest. */
  async #fail(claimed: ClaimedRun, failure: RunFailure, error: unknown): Promise<void> {
    const { settings, now, record, limits, log } = this.#options
    const { schedule, run } = claimed
    const { message } = failure
    log.warn(`The scheduled export ${schedule.id} failed (run ${run.id}): ${message}`, error)
    const retryMs = limits.retryMs[run.attempts - 1]
    if (failure.passes && retryMs !== undefined) {
      await postponeRun(settings, claimed, { retryMs: now() + retryMs, message, counts: true })
      return
    }
    await settleRun(settings, claimed, { state: 'failed', nowMs: now(), record, message })
    this.#counts.failed++
  }
}
