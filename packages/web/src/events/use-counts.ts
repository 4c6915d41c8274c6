import { withTerm } from '@aleph-audit-log/domain/filter/edit-filter'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useRef } from 'react'
import { fetchHistogram, type Bucket, type EventQuestion } from '../api/events.ts'

/** While new events flow in, they are counted again so often: bars that twitch tell nobody anything. */
const countAgainMs = 10_000

const noBuckets: Bucket[] = []

type CountsInput = {
  /** The text that people see. */
  q: string
  question: EventQuestion
  askedAtMs: number
  enabled: boolean
  hidesNoise: boolean
  /** Events that came in since and are on screen: with another list, it is counted again in a while. */
  shown: readonly unknown[]
}

type Counts = {
  buckets: Bucket[]
  /** How many events match; undefined until the histogram has come. */
  total: number | undefined
  histogramError: unknown
  /** How many events of machines are left out; undefined where none are, or until that is known. */
  hiddenCount: number | undefined
}

/** How many events a question finds over time, and how many its noise would add. */
export function useCounts({ q, question, askedAtMs, enabled, hidesNoise, shown }: CountsInput): Counts {
  const settings = {
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    structuralSharing: false,
    placeholderData: keepPreviousData,
  }
  const histogram = useQuery({
    queryKey: ['histogram', question, askedAtMs],
    queryFn: ({ signal }) => fetchHistogram(question, signal),
    enabled,
    ...settings,
  })
  const hidden = useQuery({
    queryKey: ['hidden', q, question, askedAtMs],
    queryFn: ({ signal }) => fetchHistogram({ ...question, q: withTerm(q, 'is:noise') }, signal),
    // After the events themselves: who looks for those is the one that the log tells.
    enabled: enabled && hidesNoise && histogram.isSuccess && !histogram.isPlaceholderData,
    ...settings,
  })

  const countAgain = useEffectEvent(() => {
    void histogram.refetch()
    if (hidesNoise) void hidden.refetch()
  })
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => {
    if (shown.length === 0) return
    timer.current ??= setTimeout(() => {
      timer.current = undefined
      countAgain()
    }, countAgainMs)
  }, [shown])
  useEffect(
    () => () => {
      clearTimeout(timer.current)
      timer.current = undefined
    },
    [],
  )

  return {
    buckets: histogram.data ?? noBuckets,
    total: countOf(histogram.data),
    histogramError: histogram.error,
    hiddenCount: enabled && hidesNoise ? countOf(hidden.data) : undefined,
  }
}

function countOf(buckets: Bucket[] | undefined): number | undefined {
  return buckets?.reduce((sum, bucket) => sum + bucket.count, 0)
}
