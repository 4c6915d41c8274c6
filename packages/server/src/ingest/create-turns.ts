/**
 * Lets pieces of work run one after the other, in the order in which they were asked for: what holds within this
 * process and needs no lock outside of it. A piece that fails does not keep the next from running.
 */
export function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return async (work) => {
    const turn = last.then(work, work)
    last = turn
    return turn
  }
}
