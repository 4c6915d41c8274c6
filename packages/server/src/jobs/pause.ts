/** The pause between two looks for what is to be done, which whoever knows of something new ends. */
export class Pause {
  #isEnded = false
  #end: (() => void) | undefined

  /** Ends the pause that is going on, or else the next one at once: what is new is not overlooked between two of them. */
  end(): void {
    this.#isEnded = true
    this.#end?.()
  }

  /** Waits so long, or until it is ended or `signal` is aborted. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#isEnded && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms)
        this.#end = () => {
          clearTimeout(timer)
          resolve()
        }
        signal.addEventListener('abort', this.#end, { once: true })
      })
      if (this.#end !== undefined) signal.removeEventListener('abort', this.#end)
    }
    this.#end = undefined
    this.#isEnded = false
  }
}
