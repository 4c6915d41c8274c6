/** Why a delivery did not arrive. One that passes is tried again; the message is for the admins of the workspace. */
export class DeliveryFailure extends Error {
  readonly passes: boolean

  constructor(message: string, { passes, cause }: { passes: boolean; cause?: unknown }) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'DeliveryFailure'
    this.passes = passes
  }
}
