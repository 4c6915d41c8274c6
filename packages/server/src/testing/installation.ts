import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { ApiKeyScope, Role } from '@aleph-audit-log/domain/api/access'
import { addUser } from '../access/add-user.ts'
import { createApiKey } from '../access/api-keys.ts'
import type { Act } from '../access/act.ts'
import { createPasswordHasher } from '../access/password-hashing.ts'
import { cheapPasswords } from '../access/testing/cheap-passwords.ts'
import { operatorViewer } from '../access/viewer.ts'
import { openSettings, type Settings } from '../settings/open-settings.ts'
import { startTestServer, type TestServer } from './test-server.ts'

/** Somebody who sends requests, with the headers that prove who they are. */
export type Caller = { name: string; headers: Record<string, string> }
export type PersonCalling = Caller & { userId: string; email: string; workspaceId: string }

type NewPerson = { workspaceId: string; role: Role; email: string; name?: string }

/**
 * A whole server with a look at its settings from beside: people, keys and workspaces are made there directly, as many
 * as a test needs, without the acts that would make them.
 */
export type Installation = {
  server: TestServer
  settings: Settings
  /** The workspace that the server made for itself. */
  workspaceId: string
  addWorkspace: (name: string) => Promise<string>
  /** A member who cannot do anything yet; the user id. */
  addUser: (person: NewPerson) => Promise<string>
  /** A member who has signed in through the front door. */
  addPerson: (person: NewPerson) => Promise<PersonCalling>
  signIn: (email: string) => Promise<Record<string, string>>
  addKey: (workspaceId: string, scopes: ApiKeyScope[], name?: string) => Promise<Caller & { keyId: string }>
  /** Does something in the settings as the operator of a workspace, without an event. */
  actIn: (workspaceId: string) => Act
  remove: () => Promise<void>
}

export const everyonesPassword = 'copper-lantern-meadow-48'

export async function startInstallation(): Promise<Installation> {
  const server = await startTestServer()
  const settings = await openSettings({ path: join(server.dataDir, 'settings.sqlite'), now: Date.now })
  const { id: workspaceId } = await settings.db
    .selectFrom('workspaces')
    .select('id')
    .executeTakeFirstOrThrow()
  const passwordHash = await createPasswordHasher(cheapPasswords).hash(everyonesPassword)
  const time = (): string => new Date().toISOString()

  const actIn: Installation['actIn'] = (of) => ({
    settings,
    viewer: operatorViewer(of),
    record: async () => undefined,
    nowMs: Date.now(),
  })
  const add: Installation['addUser'] = async ({ name, email, role, workspaceId: of }) =>
    settings.db.transaction().execute(async (transaction) =>
      addUser(transaction, {
        workspaceId: of,
        name: name ?? email,
        email,
        passwordHash,
        role,
        time: time(),
      }),
    )
  const signIn: Installation['signIn'] = async (email) => {
    const answer = await fetch(`${server.url}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: everyonesPassword }),
    })
    const [cookie = ''] = answer.headers.getSetCookie()
    if (answer.status !== 200) throw new Error(`${email} cannot sign in: ${await answer.text()}`)
    return { cookie: cookie.split(';')[0] ?? '', origin: server.url }
  }
  return {
    server,
    settings,
    workspaceId,
    actIn,
    addUser: add,
    signIn,
    addWorkspace: async (name) => {
      const id = randomUUID()
      await settings.db.insertInto('workspaces').values({ id, name, created_at: time() }).execute()
      return id
    },
    addPerson: async (person) => {
      const userId = await add(person)
      const { email, role, workspaceId: of } = person
      return { name: role, userId, email, workspaceId: of, headers: await signIn(email) }
    },
    addKey: async (of, scopes, name = `key ${scopes.join()}`) => {
      const { key, secret } = await createApiKey(actIn(of), { name, scopes })
      return { name, keyId: key.id, headers: { authorization: `Bearer ${secret}` } }
    },
    remove: async () => {
      await settings.close()
      await server.remove()
    },
  }
}
