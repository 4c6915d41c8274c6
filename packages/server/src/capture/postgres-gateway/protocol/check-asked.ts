import { backend } from './message-types.ts'
import { ProtocolFault } from './protocol-fault.ts'

/** Answers that have a message before them. */
const answers: ReadonlySet<number> = new Set([
  backend.parseComplete,
  backend.bindComplete,
  backend.closeComplete,
  backend.commandComplete,
  backend.emptyQueryResponse,
  backend.portalSuspended,
  backend.functionCallResponse,
])

/** An answer to nothing shows that client and server are followed wrongly. Throws ProtocolFault. */
export function checkAsked(type: number): void {
  if (answers.has(type)) throw new ProtocolFault('out_of_step', 'the server answers what was not asked')
}
