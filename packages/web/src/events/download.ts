import { exportAddress, fetchEvents, type EventQuestion, type ExportFormat } from '../api/events.ts'

/**
 * Starts the download of everything that a question finds, in these columns (`exportAddress` tells about none). The browser itself writes the file to disk and shows its
 * progress, so a file of many gigabytes needs no memory of the page. What a file dialog could not explain (signed out,
 * an invalid search, no server) is found out before, by the same question for one event: throws ApiError.
 */
export async function startDownload(
  question: EventQuestion,
  format: ExportFormat,
  columns: readonly string[],
): Promise<void> {
  await fetchEvents(question, { limit: 1 })
  startFileDownload(exportAddress(question, format, columns))
}

/** Lets the browser write what is at an address into a file; the server names it. */
export function startFileDownload(address: string): void {
  const link = document.createElement('a')
  link.href = address
  link.download = ''
  link.hidden = true
  document.body.append(link)
  link.click()
  link.remove()
}
