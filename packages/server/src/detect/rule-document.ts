/** Between the documents of a YAML file stands a line of its own. */
const separator = /^---(?:[ \t].*)?$/

/** The document of a file in which something stands, without the lines around it. */
export function documentAt(text: string, line: number): string {
  const lines = text.split(/\r?\n/)
  let first = Math.min(line, lines.length) - 1
  while (first > 0 && !separator.test(lines[first - 1] ?? '')) first--
  let end = Math.max(first, line - 1)
  while (end < lines.length && !separator.test(lines[end] ?? '')) end++
  return `${lines.slice(first, end).join('\n').trim()}\n`
}
