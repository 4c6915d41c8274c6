import type { Prepared } from './prepared-statements.ts'
import type { BindValues } from './statement-facts.ts'

const entryBytes = 300

/** A statement with its values, being executed, perhaps in slices. */
export class Portal {
  readonly name: string
  prepared: Prepared
  readonly bind: BindValues | undefined
  /** What had this name before, until the server has said yes to this one. */
  replaced: Portal | undefined
  /** The intent that stands for it, once there is one. */
  intent = 0
  startedAt = -1
  /** Time in the server; that of the client between two slices does not count. */
  activeMs = 0
  firstRowAt = -1
  rows = 0
  bytes = 0
  copy: 'in' | 'out' | 'both' | undefined
  /** The server has said yes. */
  isBound = false
  /** The server has said no. */
  isUndone = false
  isSuspended = false
  isFinished = false

  constructor(name: string, prepared: Prepared, bind: BindValues | undefined) {
    this.name = name
    this.prepared = prepared
    this.bind = bind
  }

  /** What it takes in memory, about. */
  get size(): number {
    // Values that were not read are not kept.
    return entryBytes + (this.bind?.keptBytes ?? 0)
  }

  /** It is executed once more, after its end. */
  restart(): void {
    this.startedAt = -1
    this.activeMs = 0
    this.firstRowAt = -1
    this.rows = 0
    this.bytes = 0
    this.copy = undefined
    this.isSuspended = false
    this.isFinished = false
  }
}

/**
 * The portals of a session, by name. Like prepared statements they count from the Bind on. Bounded: the oldest one is
 * forgotten, and told by `forgotten` if it was not fetched to its end.
 */
export class Portals {
  readonly #byName = new Map<string, Portal>()
  readonly #limits: { portalsMax: number; portalBytesMax: number }
  readonly #forgotten: (portal: Portal) => void
  #bytes = 0

  constructor(limits: { portalsMax: number; portalBytesMax: number }, forgotten: (portal: Portal) => void) {
    this.#limits = limits
    this.#forgotten = forgotten
  }

  find(name: string): Portal | undefined {
    return this.#byName.get(name)
  }

  /** What the server knows by this name: not what was sent after that. */
  findBound(name: string): Portal | undefined {
    let found = this.#byName.get(name)
    while (found !== undefined && !found.isBound) found = found.replaced
    return found
  }

  add(portal: Portal): void {
    portal.replaced = this.#byName.get(portal.name)
    this.#set(portal)
    while (this.#byName.size > this.#limits.portalsMax || this.#bytes > this.#limits.portalBytesMax) {
      const [oldest] = this.#byName.values()
      if (oldest === undefined || oldest === portal) return
      this.drop(oldest)
    }
  }

  /** The server has said yes: what had this name before is gone. */
  confirm(portal: Portal): void {
    portal.isBound = true
    const { replaced } = portal
    if (replaced === undefined) return
    portal.replaced = undefined
    this.#end(replaced)
  }

  undo(portal: Portal): void {
    portal.isUndone = true
    if (this.#byName.get(portal.name) !== portal) return
    const { replaced } = portal
    if (replaced === undefined) this.#remove(portal)
    else this.#set(replaced)
  }

  /** The server has closed it. */
  drop(portal: Portal): void {
    if (this.#byName.get(portal.name) === portal) this.#remove(portal)
    this.#end(portal)
  }

  /** A transaction has ended, and with it its portals; those that the server has not bound yet are of the next one. */
  clear(): void {
    for (const portal of this.#byName.values()) if (portal.isBound) this.drop(portal)
  }

  /** The first intent of a portal that can still be executed or fetched from; Infinity where there is none. */
  oldestOpenIntent(): number {
    let oldest = Number.POSITIVE_INFINITY
    for (const { intent, isFinished } of this.#byName.values()) {
      if (intent > 0 && !isFinished) oldest = Math.min(oldest, intent)
    }
    return oldest
  }

  #set(portal: Portal): void {
    const before = this.#byName.get(portal.name)
    // To the end of the order: the first of the map is the oldest.
    if (before !== undefined) this.#remove(before)
    this.#byName.set(portal.name, portal)
    this.#bytes += portal.size
  }

  #remove(portal: Portal): void {
    this.#byName.delete(portal.name)
    this.#bytes -= portal.size
  }

  #end(portal: Portal): void {
    if (!portal.isSuspended || portal.isFinished) return
    portal.isFinished = true
    this.#forgotten(portal)
  }
}
