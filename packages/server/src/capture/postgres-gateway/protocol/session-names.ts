import type { GatewayLimits } from '../gateway-limits.ts'
import type { MessageWalker } from './message-walker.ts'
import { Portal, Portals } from './portals.ts'
import { Prepared, PreparedStatements } from './prepared-statements.ts'
import { readBindNames, readBindValues } from './read-bind.ts'
import { readParse, readPortalName, readTarget } from './read-client-message.ts'
import { unknownText } from './statement-facts.ts'

/**
 * What the names in a session's messages mean. A client may use a name before the server has said yes to what it
 * stands for; `confirm` and `undo` tell what became of that.
 */
export class SessionNames {
  readonly prepared: PreparedStatements
  readonly portals: Portals

  /** `forgotten` hears of portals that were not fetched to their end. */
  constructor(
    limits: Pick<GatewayLimits, 'preparedBytesMax' | 'preparedMax' | 'portalsMax' | 'portalBytesMax'>,
    forgotten: (portal: Portal) => void,
  ) {
    this.prepared = new PreparedStatements(limits)
    this.portals = new Portals(limits, forgotten)
  }

  /** The statement of a Parse message; without its text where there is no room for it. */
  parse(walker: MessageWalker, encoding: BufferEncoding, hasRoom: boolean): Prepared {
    const prepared = readParse(walker, encoding, hasRoom)
    this.prepared.add(prepared)
    return prepared
  }

  /** The portal of a Bind message, with as many of its values as there is room for; undefined: none are wanted. */
  bind(walker: MessageWalker, encoding: BufferEncoding, valuesMax: number | undefined): Portal {
    const { body, bodyStart, bodyEnd } = walker
    const names = readBindNames(body, bodyStart, bodyEnd)
    const found = this.prepared.find(names.statement)
    const prepared = found?.original ?? found ?? new Prepared(names.statement, unknownText, [])
    const { types } = prepared
    const bind =
      valuesMax === undefined
        ? undefined
        : readBindValues(body, names.valuesFrom, bodyEnd, { types, encoding, valuesMax })
    if (bind !== undefined) bind.bytes = walker.length - 4
    const portal = new Portal(names.portal, prepared, bind)
    this.portals.add(portal)
    return portal
  }

  /** The portal that an Execute message names; one without a text where there is none. */
  executed(walker: MessageWalker): Portal {
    const name = readPortalName(walker)
    return this.portals.find(name) ?? new Portal(name, new Prepared('', unknownText, []), undefined)
  }

  /** What a Describe or Close message names. */
  target(walker: MessageWalker): { isStatement: boolean; about: Prepared | Portal | undefined } {
    const { isStatement, name } = readTarget(walker)
    return { isStatement, about: isStatement ? this.prepared.find(name) : this.portals.find(name) }
  }

  /** The server has prepared or bound it. */
  confirm(about: unknown): void {
    if (about instanceof Prepared) this.prepared.confirm(about)
    else if (about instanceof Portal) {
      // It was meant to take the place of another one, which is still there.
      if (about.prepared.isUndone) {
        about.prepared = this.prepared.findConfirmed(about.prepared.name) ?? about.prepared
      }
      this.portals.confirm(about)
    }
  }

  /** The server passes over what was sent: what is not there yet will not be. */
  undo(about: unknown): void {
    if (about instanceof Prepared && !about.isConfirmed) this.prepared.undo(about)
    else if (about instanceof Portal && !about.isBound) this.portals.undo(about)
  }

  /** The server has closed it. */
  close(about: unknown): void {
    if (about instanceof Prepared) this.prepared.drop(about)
    else if (about instanceof Portal) this.portals.drop(about)
  }

  /** What an Execute executed: another portal, if the server refused the one that was to have its name. */
  executedBy(about: unknown): Portal | undefined {
    if (!(about instanceof Portal)) return undefined
    return about.isUndone ? (this.portals.findBound(about.name) ?? about) : about
  }
}
