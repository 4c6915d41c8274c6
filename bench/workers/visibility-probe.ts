import { setTimeout as sleep } from 'node:timers/promises'
import { answerRequests } from '../worker.ts'

/**
 * Sends marked events and searches for them without a pause: how long after its 201 each is found. The search is the
 * page's own (newest first); its answers come every few milliseconds, which is the resolution.
 */
export type VisibilityProbeRequest = {
  url: string
  authorization: string
  seconds: number
  probesPerSecond: number
}
export type VisibilityProbeResult = { delaysMs: number[] }

const probeType = 'visibility_probe'
const pollPauseMs = 10
/** The server's times are those of this machine, rounded. */
const clockSlackMs = 10
/** Longer, and the acknowledged event counts as lost. */
const foundMsMax = 60_000

type Probe = { id: string; sentAt: string; acknowledgedMs: number }

answerRequests(async ({ url, authorization, seconds, probesPerSecond }: VisibilityProbeRequest) => {
  const waiting = new Map<string, Probe>()
  const delaysMs: number[] = []
  const endMs = performance.now() + seconds * 1000
  let isSending = true

  const send = async (): Promise<void> => {
    const sentAt = new Date(Date.now() - clockSlackMs).toISOString()
    const body = JSON.stringify({ type: probeType, actor: { type: 'service', id: 'probe' } })
    const headers = { authorization, 'content-type': 'application/json' }
    const response = await fetch(`${url}/api/v1/events`, { method: 'POST', headers, body })
    const acknowledgedMs = performance.now()
    if (response.status !== 201) throw new Error(`a probe was refused: ${await response.text()}`)
    // The contract: 201 {"accepted": 1, "ids": [id]}.
    const { ids } = (await response.json()) as { ids: [string] }
    waiting.set(ids[0], { id: ids[0], sentAt, acknowledgedMs })
  }
  const sendAll = async (): Promise<void> => {
    const startMs = performance.now()
    for (let i = 0; performance.now() < endMs; i++) {
      await send()
      await sleep(Math.max(0, startMs + ((i + 1) / probesPerSecond) * 1000 - performance.now()))
    }
    isSending = false
  }
  // From the oldest that is waited for, so that an answer holds no more than what is of interest.
  const search = async (from: string): Promise<string[]> => {
    const params = new URLSearchParams({ q: `type:${probeType}`, from, limit: '1000' })
    const response = await fetch(`${url}/api/v1/events?${params.toString()}`, { headers: { authorization } })
    if (!response.ok) throw new Error(`a search was refused: ${await response.text()}`)
    // The contract: {"events": [...]}.
    const { events } = (await response.json()) as { events: { id: string }[] }
    return events.map((event) => event.id)
  }
  const findAll = async (): Promise<void> => {
    while (isSending || waiting.size > 0) {
      const [oldest] = waiting.values()
      if (oldest === undefined) {
        await sleep(1)
        continue
      }
      const ids = await search(oldest.sentAt)
      const foundMs = performance.now()
      for (const id of ids) {
        const probe = waiting.get(id)
        if (probe === undefined) continue
        delaysMs.push(Math.max(0, foundMs - probe.acknowledgedMs))
        waiting.delete(id)
      }
      const lost = [...waiting.values()].find((probe) => foundMs - probe.acknowledgedMs > foundMsMax)
      if (lost) throw new Error(`the acknowledged event ${lost.id} was not found in ${foundMsMax} ms`)
      await sleep(pollPauseMs)
    }
  }
  await Promise.all([sendAll(), findAll()])
  const result: VisibilityProbeResult = { delaysMs }
  return result
})
