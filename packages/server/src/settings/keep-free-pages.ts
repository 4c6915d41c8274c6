import type Database from 'libsql'

/**
 * More than SQLite's own limit of 1000 pages (4 MB), at which it copies its log into the database and begins the log
 * anew: so the log never needs more room than it has.
 */
const freeBytes = 6 * 1024 * 1024

/**
 * Makes room inside the settings database for a disk that is full, so that people can still sign in: pages that are
 * free in the file, and a write-ahead log that is as long as it ever gets. Both are written over in place, which needs
 * no space on the disk (except on file systems that copy what is written, such as Btrfs and ZFS).
 *
 * A table is filled and dropped, in transactions of their own: pages that are freed in the one that made them would
 * never be written. It is random because some file systems do not store zeros. A disk that is full already does not
 * keep the server from starting.
 */
export function keepFreePages(database: Database.Database): void {
  try {
    database.exec('DROP TABLE IF EXISTS disk_reserve')
    database.exec(`CREATE TABLE disk_reserve AS SELECT randomblob(${freeBytes}) AS filler`)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'SQLITE_FULL')) throw error
  }
  database.exec('DROP TABLE IF EXISTS disk_reserve')
}
