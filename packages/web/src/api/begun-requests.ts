declare global {
  /** By their addresses: what `public/before-app.js` asked for while the app was not there yet. */
  var begunRequests: Map<string, Promise<Response>> | undefined
}

/** What was begun is good for so long after the page's navigation began: a slow server may take some of it. */
const begunMsMax = 15_000

/** The answer that was asked for before the app was there, once. */
export function takeBegunRequest(path: string): Promise<Response> | undefined {
  if (performance.now() > begunMsMax) forgetBegunRequests()
  const answer = globalThis.begunRequests?.get(path)
  globalThis.begunRequests?.delete(path)
  return answer
}

/** What was begun and not taken is not taken any more: somebody else may sign in. */
export function forgetBegunRequests(): void {
  globalThis.begunRequests?.clear()
}
