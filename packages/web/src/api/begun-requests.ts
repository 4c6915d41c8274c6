declare global {
  /** By their addresses: what `public/before-app.js` asked for while the app was not there yet. */
  var begunRequests: Map<string, Promise<Response>> | undefined
}

/** The answer that was asked for before the app was there, once. */
export function takeBegunRequest(path: string): Promise<Response> | undefined {
  const answer = globalThis.begunRequests?.get(path)
  globalThis.begunRequests?.delete(path)
  return answer
}

/** What was begun and not taken is not taken any more: somebody else may sign in. */
export function forgetBegunRequests(): void {
  globalThis.begunRequests?.clear()
}
