import { inviteMember } from '../../access/invitations.ts'
import { createPasswordReset } from '../../access/password-reset.ts'
import { createIntegration } from '../../settings/integrations.ts'
import { createPerson } from '../../settings/people/people.ts'
import { registerServiceAccount } from '../../settings/people/service-accounts.ts'
import type { Installation } from '../../testing/installation.ts'
import { addSchedule } from './add-schedule.ts'
import { addSharedView } from './add-shared-view.ts'

/** Makes what a route is called with, each time another one, without calling a route. */
export class MakeThings {
  readonly #installation: Installation
  readonly #logPath: string
  #count = 0

  /** `logPath`: a file that an integration may read. */
  constructor(installation: Installation, logPath: string) {
    this.#installation = installation
    this.#logPath = logPath
  }

  /** An e-mail, or any name, that nothing has yet. */
  fresh(): string {
    return `fresh${++this.#count}@acme.test`
  }

  /** Other settings each time. */
  bindParameters(): 'types' | 'none' {
    return ++this.#count % 2 === 0 ? 'types' : 'none'
  }

  get act() {
    return this.#installation.actIn(this.#installation.workspaceId)
  }

  async user(email = this.fresh()): Promise<string> {
    const { workspaceId } = this.#installation
    return this.#installation.addUser({ workspaceId, role: 'member', email })
  }

  async invitation(): ReturnType<typeof inviteMember> {
    return inviteMember(this.act, { email: this.fresh(), role: 'member' })
  }

  async integrationId(): Promise<string> {
    const settings = { path: this.#logPath, bindParameters: 'types' as const, logins: [] }
    return (await createIntegration(this.act, { kind: 'postgres_log', name: this.fresh(), settings })).id
  }

  async personId(): Promise<string> {
    const person = { name: 'New', emails: [this.fresh()], logins: [], toolIds: [], groups: [] }
    return (await createPerson(this.act, person)).id
  }

  async accountId(): Promise<string> {
    return (await registerServiceAccount(this.act, { login: this.fresh(), tool: 'metabase' })).id
  }

  async scheduleId(): Promise<string> {
    return addSchedule(this.#installation.settings, this.#installation.workspaceId, this.fresh())
  }

  async viewId(): Promise<string> {
    return addSharedView(this.#installation)
  }

  async resetToken(): Promise<string> {
    const email = this.fresh()
    await this.user(email)
    return createPasswordReset(this.act, email)
  }
}
