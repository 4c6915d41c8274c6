import { exportFormats, type ExportFormat } from './export-formats.ts'
import type { ExportAbout } from './export-options.ts'

/** A workspace's name takes at most so many bytes, so that the whole stays under the 255 of common file systems. */
const nameBytesMax = 100

/** The same name twice: `ascii` for `filename=`, `utf8` for `filename*=` (RFC 6266). Neither needs quoting or escaping on disk. */
export type ExportFileName = { ascii: string; utf8: string }

/**
 * The name of a downloaded file: the workspace, the range of the events and the time of the export, such as
 * `audit-log_Acme_2026-10-23_to_2026-11-22_exported_2026-11-22T10-00-00Z.xlsx`. `kind` is ours and needs no care.
 */
export function exportFileName(
  about: Pick<ExportAbout, 'workspaceName' | 'from' | 'to' | 'exportedAt'>,
  format: ExportFormat,
  kind = 'audit-log',
): ExportFileName {
  const from = about.from === undefined ? 'start' : fileTime(about.from)
  const to = about.to === undefined ? 'now' : fileTime(about.to)
  const rest = `_${from}_to_${to}_exported_${fileTime(about.exportedAt)}.${exportFormats[format].extension}`
  const name = safeName(about.workspaceName)
  return { ascii: `${kind}_${asciiName(name)}${rest}`, utf8: `${kind}_${name}${rest}` }
}

/**
 * The name of a file that was exported by the clock: the workspace, what it shows, its days in their zone, and when it was
 * due, so that a run which is repeated writes the same file; such as
 * `audit-log_Acme_Failed-queries_2026-11-28_Europe-Berlin_due_2026-11-29T07-00-00Z_3f2a91c0.xlsx`. The last part is the
 * beginning of the schedule's id, given where files of several schedules of the same view and time may meet.
 */
export function scheduledFileName(
  of: {
    workspaceName: string
    title: string
    firstDay: string
    lastDay: string
    zone: string
    dueAt: string
    scheduleId?: string
  },
  format: ExportFormat,
): ExportFileName {
  const days = of.firstDay === of.lastDay ? of.firstDay : `${of.firstDay}_to_${of.lastDay}`
  const schedule = of.scheduleId === undefined ? '' : `_${of.scheduleId.slice(0, 8)}`
  const due = `${fileTime(of.dueAt)}${schedule}`
  const rest = `_${days}_${safeName(of.zone)}_due_${due}.${exportFormats[format].extension}`
  // Both may be long, and a whole name has 255 bytes at most.
  const [workspace, title] = [of.workspaceName, of.title].map((name) => shorten(safeName(name), 70))
  return {
    ascii: `audit-log_${asciiName(workspace ?? '')}_${asciiName(title ?? '')}${rest}`,
    utf8: `audit-log_${workspace}_${title}${rest}`,
  }
}

/** A canonical time without colons; midnight as the day alone. */
function fileTime(time: string): string {
  const seconds = time.slice(0, 19)
  return seconds.endsWith('T00:00:00') ? seconds.slice(0, 10) : `${seconds.replaceAll(':', '-')}Z`
}

// Windows refuses <>:"/\|?* ; controls, format characters (which can turn the shown order round) and line ends are no
// part of a name; ' % ; , = would need care in a header.
const unsafe = /[<>:"/\\|?*'%;,=\p{C}\p{Zl}\p{Zp}]/gu

function safeName(workspaceName: string): string {
  const cleaned = workspaceName
    .toWellFormed()
    .normalize('NFC')
    .replaceAll(unsafe, '-')
    .replaceAll(/\s+/g, '-')
  const name = cleaned.replaceAll(/-{2,}/g, '-').replaceAll(/^[-.]+|[-.]+$/g, '')
  return name === '' ? 'workspace' : shorten(name)
}

/** Shortens at a whole character, and shows that by `~`. */
function shorten(name: string, bytesMax = nameBytesMax): string {
  if (Buffer.byteLength(name) <= bytesMax) return name
  let out = ''
  for (const character of name) {
    if (Buffer.byteLength(out + character) >= bytesMax) break
    out += character
  }
  return `${out}~`
}

function asciiName(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9._~-]+/g, '-')
  const trimmed = plain.replaceAll(/-{2,}/g, '-').replaceAll(/^[-.]+|[-.]+$/g, '')
  return trimmed === '' || trimmed === '~' ? 'workspace' : trimmed
}
