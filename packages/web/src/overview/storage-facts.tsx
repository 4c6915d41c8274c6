import type { StorageHealth } from '@aleph-audit-log/domain/api/overview'
import type { ReactNode } from 'react'
import { AlertIcon, DoneIcon } from '../ui/icons.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import { formatBytes } from './format-bytes.ts'
import classes from './storage-facts.module.css'

/** What the log takes on the disk, what is left there, and what is wrong with the server. */
export function StorageFacts({ storage }: { storage: StorageHealth }): ReactNode {
  const { eventStoreBytes, journalBytes, freeBytes, problems } = storage
  const used = eventStoreBytes + journalBytes
  return (
    <div className={classes.facts}>
      <div
        className={classes.bar}
        role="img"
        aria-label={`${formatBytes(used)} used, ${formatBytes(freeBytes)} free`}
      >
        <span
          className={classes.used}
          style={{ width: `${(100 * used) / Math.max(1, used + freeBytes)}%` }}
        />
      </div>
      <dl className={classes.list}>
        {(
          [
            ['Events', eventStoreBytes],
            ['Journal', journalBytes],
            ['Free on the disk', freeBytes],
          ] as const
        ).map(([label, bytes]) => (
          <div key={label} className={classes.entry}>
            <dt>{label}</dt>
            <dd>{formatBytes(bytes)}</dd>
          </div>
        ))}
      </dl>
      {problems.length === 0 ? (
        <p className={classes.fine}>
          <DoneIcon size={15} /> The server does all of its work.
        </p>
      ) : (
        <ul className={classes.problems} aria-label="Problems of the server">
          {problems.map((problem) => (
            <li key={problem} className={classes.problem}>
              <AlertIcon size={15} />
              <span>
                <ShownText text={problem} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
