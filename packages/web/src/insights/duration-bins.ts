/** Runs that took from `fromMs` (inclusive) to `toMs` (exclusive). */
export type DurationBin = { fromMs: number; toMs: number; count: number }

/** Joins neighbouring bins until at most `binsMax` of about the same ratio are left; bins at their own edges only. */
export function joinBins(bins: readonly DurationBin[], binsMax: number): DurationBin[] {
  const first = bins.find(({ fromMs }) => fromMs > 0)
  const last = bins.at(-1)
  if (first === undefined || last === undefined || bins.length <= binsMax) return [...bins]
  const ratio = (last.toMs / first.fromMs) ** (1 / (binsMax - 1))
  const joined: DurationBin[] = []
  for (const bin of bins) {
    const open = joined.at(-1)
    if (open !== undefined && open.fromMs > 0 && bin.fromMs < open.fromMs * ratio) {
      open.toMs = bin.toMs
      open.count += bin.count
    } else joined.push({ ...bin })
  }
  return joined
}
