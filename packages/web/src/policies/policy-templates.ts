/** A policy that is often wanted, in plain words, with what people put in. */
export type PolicyTemplate = {
  id: string
  title: string
  /** What is asked for, with an example. */
  fields: readonly { key: string; label: string; example: string }[]
  name: (values: Values) => string
  text: (values: Values) => string
}

type Values = Readonly<Record<string, string>>

/** A text of Cedar in its quotes. */
function quoted(text = ''): string {
  return `"${text.trim().replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

const hour = (text = '', fallback: number): number => {
  const value = Number.parseInt(text, 10)
  return value >= 0 && value <= 23 ? value : fallback
}

export const policyTemplates: readonly PolicyTemplate[] = [
  {
    id: 'group-reads-tag',
    title: 'Only a group may read tables with a tag',
    fields: [
      { key: 'group', label: 'Group', example: 'finance' },
      { key: 'tag', label: 'Tag', example: 'pii' },
    ],
    name: ({ group = '', tag = '' }) => `Only ${group} reads ${tag}`,
    text: ({ group, tag }) => `forbid (
  principal,
  action in Action::"read",
  resource in Tag::${quoted(tag)}
)
unless { principal in Group::${quoted(group)} };
`,
  },
  {
    id: 'tool-writes',
    title: 'No writes by a tool',
    fields: [{ key: 'tool', label: 'Tool', example: 'metabase' }],
    name: ({ tool = '' }) => `No writes by ${tool}`,
    text: ({ tool }) => `forbid (
  principal,
  action in [Action::"write", Action::"ddl", Action::"dcl"],
  resource
)
when { context.tool == ${quoted(tool)} };
`,
  },
  {
    id: 'hours',
    title: 'Tables with a tag are not used between two hours',
    fields: [
      { key: 'tag', label: 'Tag', example: 'pii' },
      { key: 'from', label: 'From hour', example: '20' },
      { key: 'to', label: 'To hour', example: '6' },
      { key: 'zone', label: 'Time zone', example: 'Europe/Berlin' },
    ],
    name: ({ tag = '', from, to }) => `No use of ${tag} between ${hour(from, 20)} and ${hour(to, 6)}`,
    text: ({ tag, from, to, zone }) => {
      const [begin, end] = [hour(from, 20), hour(to, 6)]
      const sign = begin > end ? '||' : '&&'
      return `@zone(${quoted(zone)})
forbid (
  principal,
  action in Action::"access",
  resource in Tag::${quoted(tag)}
)
when { context.hour >= ${begin} ${sign} context.hour < ${end} };
`
    },
  },
  {
    id: 'network',
    title: 'Tables with a tag are used from one network alone',
    fields: [
      { key: 'tag', label: 'Tag', example: 'pii' },
      { key: 'network', label: 'Network', example: '10.0.0.0/8' },
    ],
    name: ({ tag = '', network = '' }) => `${tag} only from ${network}`,
    text: ({ tag, network }) => `forbid (
  principal,
  action in Action::"access",
  resource in Tag::${quoted(tag)}
)
unless { context has network && context.network.isInRange(ip(${quoted(network)})) };
`,
  },
  {
    id: 'export',
    title: 'Tables with a tag are not exported',
    fields: [{ key: 'tag', label: 'Tag', example: 'pii' }],
    name: ({ tag = '' }) => `No export of ${tag}`,
    text: ({ tag }) => `forbid (
  principal,
  action == Action::"export",
  resource in Tag::${quoted(tag)}
);
`,
  },
  {
    id: 'service',
    title: 'Service accounts do not change the structure',
    fields: [],
    name: () => 'No structure changes by service accounts',
    text: () => `forbid (
  principal,
  action in [Action::"ddl", Action::"dcl"],
  resource
)
when { context.service };
`,
  },
]
