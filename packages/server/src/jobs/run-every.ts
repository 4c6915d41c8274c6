/** Runs `job` now and then every `ms`, never twice at once; `stop` waits for a run that is under way. */
export function runEvery(
  ms: number,
  job: () => Promise<void>,
  onError: (error: unknown) => void,
): { stop: () => Promise<void> } {
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const run = async (): Promise<void> => {
    try {
      await job()
    } catch (error) {
      onError(error)
    }
    if (!stopped) {
      timer = setTimeout(() => {
        running = run()
      }, ms)
    }
  }
  let running = run()
  return {
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
