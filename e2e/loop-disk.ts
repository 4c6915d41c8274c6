import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file system of its own, in an image file of its own, that can lose its power. */
export type LoopDisk = {
  /** Where it is mounted. */
  path: string
  /** Everything that was not synced is gone, as when the power fails; the file system answers errors from now on. */
  cutPower: () => void
  /** Unmounts and mounts again, which replays the file system's own log. */
  remount: () => void
  /** Unmounts and removes the image; safe to call more than once. */
  remove: () => void
}

/** `_IOR('X', 125, __u32)` of <linux/fs.h>: FS_IOC_SHUTDOWN; flag 2 (NOLOGFLUSH) drops what is not synced. */
const shutdownRequest = 0x8004587d
const withoutFlush = 2

/** Mounts a fresh ext4 of so many MiB through a loop device. Throws, with nothing left behind, where that cannot be done. */
export function mountLoopDisk(mebibytes: number): LoopDisk {
  const folder = mkdtempSync(join(tmpdir(), 'aleph-disk-'))
  const image = join(folder, 'disk.img')
  const path = join(folder, 'mounted')
  mkdirSync(path)
  writeFileSync(image, '')
  truncateSync(image, mebibytes * 1024 * 1024)
  const mount = (): void => run('mount', ['-t', 'ext4', '-o', 'loop', image, path])
  try {
    run('mkfs.ext4', ['-q', '-F', image])
    mount()
  } catch (error) {
    rmSync(folder, { recursive: true })
    throw error
  }
  return {
    path,
    cutPower: () => {
      const script =
        'open(my $dir, "<", $ARGV[0]) or die "open: $!"; my $flag = pack("L", $ARGV[2]); ' +
        'ioctl($dir, $ARGV[1] + 0, $flag) or die "ioctl: $!"'
      run('perl', ['-e', script, path, String(shutdownRequest), String(withoutFlush)])
    },
    remount: () => {
      run('umount', [path])
      mount()
    },
    remove: () => unmountAndRemove(folder, path),
  }
}

/** A file system in memory of so many MiB. `remove` unmounts it. */
export function mountMemoryDisk(mebibytes: number): Pick<LoopDisk, 'path' | 'remove'> {
  const folder = mkdtempSync(join(tmpdir(), 'aleph-disk-'))
  const path = join(folder, 'mounted')
  mkdirSync(path)
  try {
    run('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=700`, 'aleph-test', path])
  } catch (error) {
    rmSync(folder, { recursive: true })
    throw error
  }
  return { path, remove: () => unmountAndRemove(folder, path) }
}

/** Why disks of this kind cannot be had here; undefined: they can. */
export function whyNoDisk(mount: () => Pick<LoopDisk, 'remove'>): string | undefined {
  try {
    mount().remove()
    return undefined
  } catch (error) {
    const [line = 'for no reason given'] = String(error instanceof Error ? error.message : error)
      .trim()
      .split('\n')
      .slice(-1)
    return line
  }
}

function unmountAndRemove(folder: string, path: string): void {
  // A process that has just been killed may hold the mount for a moment: then it is unmounted as soon as it lets go.
  if (isMounted(path) && spawnSync('umount', [path]).status !== 0) spawnSync('umount', ['--lazy', path])
  // Never removes what lies below a mount that is still there.
  if (!isMounted(path)) rmSync(folder, { recursive: true, force: true })
}

function isMounted(path: string): boolean {
  return spawnSync('mountpoint', ['-q', path]).status === 0
}

function run(program: string, args: string[]): void {
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
}
