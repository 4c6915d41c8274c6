import { statementKinds } from '@aleph-audit-log/domain/event-values'

/** What a policy may speak of; `validate` of Cedar refuses everything else at its place. See docs/policies.md. */
const appliesTo = `appliesTo {
  principal: User,
  resource: Table,
  context: {
    tool: String,
    application: String,
    network?: ipaddr,
    hour: Long,
    weekday: Long,
    service: Bool,
  }
}`

/** Groups that an action stands in: `action in Action::"access"` is everything that touches data or its structure. */
const groupsOfAction: Readonly<Partial<Record<string, readonly string[]>>> = {
  read: ['access'],
  export: ['read', 'access'],
  write: ['access'],
  import: ['write', 'access'],
  ddl: ['access'],
  dcl: ['access'],
  maintenance: ['access'],
  procedure: ['access'],
}

export const cedarSchema = [
  'entity Group;',
  'entity Tag;',
  'entity User in [Group];',
  'entity Table in [Tag];',
  'action access;',
  ...statementKinds.map((kind) => {
    const groups = groupsOfAction[kind] ?? []
    return `action "${kind}"${groups.length === 0 ? '' : ` in [${groups.join(', ')}]`} ${appliesTo};`
  }),
].join('\n')

/** The actions with their groups as Cedar's evaluation wants to be told them. */
export const actionEntities = Object.entries(groupsOfAction).map(([action, groups = []]) => ({
  uid: { type: 'Action', id: action },
  attrs: {},
  parents: groups.map((id) => ({ type: 'Action', id })),
}))
