/** Below this, the difference is the delay of the network and the whole seconds of the Date header. */
const skewMsMin = 5_000

let offsetMs = 0

/** Learns from an answer's Date header how far the server's clock is from this computer's. */
export function noteServerDate(header: string | null, nowMs: number = Date.now()): void {
  const serverMs = header === null ? Number.NaN : Date.parse(header)
  if (Number.isNaN(serverMs)) return
  const difference = serverMs - nowMs
  offsetMs = Math.abs(difference) < skewMsMin ? 0 : difference
}

/** Unix milliseconds by the server's clock: *the past hour* means the log's hour, even where this computer is wrong. */
export function serverNowMs(): number {
  return Date.now() + offsetMs
}
