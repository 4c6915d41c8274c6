import type { Prepared } from './prepared-statements.ts'
import type { BindValues } from './statement-facts.ts'

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
  readonly #countMax: number
  readonly #forgotten: (portal: Portal) => void

  constructor(countMax: number, forgotten: (portal: Portal) => void) {
    this.#countMax = countMax
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
    this.#byName.set(portal.name, portal)
    if (this.#byName.size <= this.#countMax) return
    for (const oldest of this.#byName.values()) {
      this.drop(oldest)
      return
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
    if (replaced === undefined) this.#byName.delete(portal.name)
    else this.#byName.set(portal.name, replaced)
  }

  /** The server has closed it. */
  drop(portal: Portal): void {
    if (this.#byName.get(portal.name) === portal) this.#byName.delete(portal.name)
    this.#end(portal)
  }

  /** A transaction has ended, and with it its portals; those that the server has not bound yet are of the next one. */
  clear(): void {
    for (const portal of this.#byName.values()) if (portal.isBound) this.drop(portal)
  }

  /** The first intent of a portal that was not fetched to its end; Infinity where there is none. */
  oldestOpenIntent(): number {
    let oldest = Number.POSITIVE_INFINITY
    for (const { intent, isSuspended, isFinished } of this.#byName.values()) {
      if (intent > 0 && isSuspended && !isFinished) oldest = Math.min(oldest, intent)
    }
    return oldest
  }

  #end(portal: Portal): void {
    if (!portal.isSuspended || portal.isFinished) return
    portal.isFinished = true
    this.#forgotten(portal)
  }
}
