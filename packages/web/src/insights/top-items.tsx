import type { PersonCount, QueryUsage, TableUsage, ToolUsage } from '@aleph-audit-log/domain/api/insights'
import type { ReactNode } from 'react'
import { ShownText } from '../ui/shown-text.tsx'
import type { TopItem } from './detail-parts.tsx'
import { toolTerms } from './tool-terms.ts'
import { CountCell, PersonLink, QueryLink, TableLink, toolName } from './usage-cells.tsx'
import { terms } from './usage-search.ts'
import classes from './usage.module.css'

/** `base` is what the page is about: a number leads to what that and its line have in common. */
export function personItems(
  rows: readonly PersonCount[] | undefined,
  base: readonly string[],
): TopItem[] | undefined {
  return rows?.map(({ person, count }) => ({
    key: person.id,
    count,
    name: <PersonLink person={person} />,
    number: <CountCell value={count} terms={[...base, terms.person(person.id)]} />,
  }))
}

export function tableItems(
  rows: readonly Pick<TableUsage, 'table' | 'count'>[] | undefined,
  base: readonly string[],
): TopItem[] | undefined {
  return rows?.map(({ table, count }) => ({
    key: table,
    count,
    name: <TableLink table={table} />,
    number: <CountCell value={count} terms={[...base, terms.table(table)]} />,
  }))
}

export function queryItems(
  rows: readonly QueryUsage[] | undefined,
  base: readonly string[],
): TopItem[] | undefined {
  return rows?.map(({ fingerprint, normalized, count }) => ({
    key: fingerprint,
    count,
    name: <QueryLink fingerprint={fingerprint} normalized={normalized} />,
    number: <CountCell value={count} terms={[...base, terms.query(fingerprint)]} />,
  }))
}

export function toolItems(
  rows: readonly ToolUsage[] | undefined,
  base: readonly string[],
): TopItem[] | undefined {
  return rows?.map((tool) => ({
    key: JSON.stringify([tool.tool, tool.login, tool.application]),
    count: tool.count,
    name: <ToolName tool={tool} />,
    number: <CountCell value={tool.count} terms={[...base, ...toolTerms(tool)]} />,
  }))
}

/** A way in by its best known part: `Metabase, as svc_bi`. */
function ToolName({ tool }: { tool: ToolUsage }): ReactNode {
  const name = tool.tool === undefined ? (tool.application ?? 'No tool named') : toolName(tool.tool)
  const text = tool.login === undefined ? name : `${name}, as ${tool.login}`
  return (
    <span className={classes.cut} title={text}>
      <ShownText text={text.slice(0, 200)} />
    </span>
  )
}
