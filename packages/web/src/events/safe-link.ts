/**
 * An address from an event that a person may follow: http or https, undefined for everything else. The server keeps no
 * others, but what is shown here may have been written by an older one.
 */
export function safeLink(address: string | undefined): string | undefined {
  if (address === undefined || !URL.canParse(address)) return undefined
  const url = new URL(address)
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : undefined
}
