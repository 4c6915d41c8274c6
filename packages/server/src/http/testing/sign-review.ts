type Headers = Record<string, string>

const reviewed = { tables: 'no.such', from: '2026-01-01', to: '2026-02-01' }

/** The body that signs a review without lines. */
export async function reviewToSign(url: string, headers: Headers): Promise<object> {
  const answer = await fetch(`${url}/api/v1/insights/access?${new URLSearchParams(reviewed).toString()}`, {
    headers,
  })
  // As the API's contract says.
  const { hash } = (await answer.json()) as { hash: string }
  return { ...reviewed, hash, lines: [] }
}

/** Signs it, and returns the id of the sign-off. */
export async function signReview(url: string, headers: Headers): Promise<string> {
  const made = await fetch(`${url}/api/v1/insights/access/sign-offs`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(await reviewToSign(url, headers)),
  })
  // As the API's contract says.
  return ((await made.json()) as { signOff: { id: string } }).signOff.id
}
