/** A server-sent event; without data it only moves the id. */
export type StreamMessage = { id: string; data: string | undefined }

/**
 * Reads server-sent events (WHATWG HTML, section 9.2.6) from text that comes in pieces, cut anywhere. Returns what each
 * piece completes. An id holds for all messages until the next one; lines end with LF or CRLF.
 */
export function createMessageReader(): (piece: string) => StreamMessage[] {
  let rest = ''
  let id = ''
  let data: string[] = []
  return (piece) => {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    const messages: StreamMessage[] = []
    for (const ended of lines) {
      const line = ended.endsWith('\r') ? ended.slice(0, -1) : ended
      if (line === '') {
        messages.push({ id, data: data.length === 0 ? undefined : data.join('\n') })
        data = []
        continue
      }
      const colon = line.indexOf(':')
      const field = colon < 0 ? line : line.slice(0, colon)
      const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
      if (field === 'id') id = value
      if (field === 'data') data.push(value)
    }
    return messages
  }
}
