import type { Policy, PolicyActivity } from '@aleph-audit-log/domain/api/policies'
import { printTerm } from '@aleph-audit-log/domain/filter/print-filter'
import { Button, Group, Select } from '@mantine/core'
import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { policiesQuery, policyActivityQuery, policyReportAddress } from '../api/policies.ts'
import { serverNowMs } from '../api/server-clock.ts'
import { sessionQuery } from '../api/session.ts'
import { startFileDownload } from '../events/download.ts'
import { formatCount } from '../events/format-time.ts'
import { Sparkline } from '../insights/sparkline.tsx'
import { paths } from '../paths.ts'
import { PageTabs } from '../ui/page-tabs.tsx'
import { everyDay } from '../policies/every-day.ts'
import classes from '../policies/policies.module.css'
import { DataTable, LoadingRows } from '../ui/data-table.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { PlusIcon, ShieldIcon } from '../ui/icons.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Panel, SettingsPage } from '../ui/settings-page.tsx'
import { ShownText } from '../ui/shown-text.tsx'

/** What is allowed with which tables, and whether it was kept. Auditors read it, admins change it. */
export function PoliciesPage(): ReactNode {
  const policies = useQuery(policiesQuery)
  const activity = useQuery(policyActivityQuery)
  const navigate = useNavigate()
  const { data: session } = useSuspenseQuery(sessionQuery)
  const mayChange = session.user.role === 'admin'
  const problem = policies.error ?? activity.error
  return (
    <SettingsPage
      title="Policies"
      lead="Who may do what with which tables, judged of every query when it comes in."
      wide
      action={
        mayChange ? (
          <Button
            leftSection={<PlusIcon />}
            onClick={() => void navigate({ to: paths.policy, params: { policyId: 'new' } })}
          >
            Add a policy
          </Button>
        ) : null
      }
    >
      <PageTabs of="Policies" />
      {problem !== null ? (
        <ProblemNote
          error={problem}
          onRetry={() => void (policies.error === null ? activity : policies).refetch()}
        />
      ) : null}
      {policies.data?.length === 0 ? (
        <Panel>
          <EmptyState icon={<ShieldIcon size={22} />} title="No policies yet">
            <p>
              Everything is permitted. Tag your tables, then say what is not to be done with them: the effect
              on the past 30 days is shown before anything is switched on.
            </p>
          </EmptyState>
        </Panel>
      ) : (
        <PoliciesTable policies={policies.data} activity={activity.data} />
      )}
      <MonthlyReport />
    </SettingsPage>
  )
}

type PoliciesTableProps = {
  policies: readonly Policy[] | undefined
  activity: PolicyActivity | undefined
}

const headings = ['Policy', 'Past 30 days', 'Kept', 'Violated', 'Excepted', 'By whom']

function PoliciesTable({ policies, activity }: PoliciesTableProps): ReactNode {
  return (
    <Panel>
      <DataTable label="Policies" headings={headings}>
        {policies === undefined ? <LoadingRows columns={headings.length} /> : null}
        {policies?.map((policy) => (
          <tr key={policy.id}>
            <td className={classes.name}>
              <Link className={classes.link ?? ''} to={paths.policy} params={{ policyId: policy.id }}>
                <ShownText text={policy.name} />
              </Link>
              {policy.enabled ? null : <div className={classes.hint}>Switched off</div>}
              {policy.problem === undefined ? null : (
                <div className={classes.broken}>
                  Not judged: <ShownText text={policy.problem} />
                </div>
              )}
            </td>
            <ActivityCells
              name={policy.name}
              range={activity}
              activity={activity?.policies.find(({ name }) => name === policy.name)}
            />
          </tr>
        ))}
      </DataTable>
    </Panel>
  )
}

type ActivityCellsProps = {
  name: string
  range: Pick<PolicyActivity, 'from' | 'to'> | undefined
  activity: PolicyActivity['policies'][number] | undefined
}

/** So many people are named; the log has all. */
const peopleMax = 3

function ActivityCells({ name, range, activity }: ActivityCellsProps): ReactNode {
  if (activity === undefined || range === undefined) return <td colSpan={headings.length - 1} />
  const { judged, violations, excepted, byDay, people, peopleTotal } = activity
  const found = (decision: string): string => `policy:${decision} ${printTerm('policy', name)}`
  return (
    <>
      <td>
        <Sparkline {...everyDay({ ...range, byDay }, (day) => day.violations)} />
      </td>
      <td className={classes.number}>{formatCount(judged - violations - excepted)}</td>
      <td className={classes.number}>
        <FoundLink count={violations} q={found('violation')} />
      </td>
      <td className={classes.number}>
        <FoundLink count={excepted} q={found('excepted')} />
      </td>
      <td>
        {people.length === 0 ? '–' : null}
        {people.slice(0, peopleMax).map((person) => (
          <div key={person.name}>
            <ShownText text={person.name} /> <span className={classes.hint}>{formatCount(person.count)}</span>
          </div>
        ))}
        {peopleTotal > peopleMax ? (
          <div className={classes.hint}>and {formatCount(peopleTotal - peopleMax)} more</div>
        ) : null}
      </td>
    </>
  )
}

function FoundLink({ count, q }: { count: number; q: string }): ReactNode {
  if (count === 0) return '0'
  return (
    <Link className={classes.link ?? ''} to={paths.auditLog} search={{ q }}>
      {formatCount(count)}
    </Link>
  )
}

/** So many months back: as long as events are kept by default. */
const monthsMax = 14

/** This month and those before it, such as `2026-11`, the newest first. */
function monthsUntil(nowMs: number): string[] {
  const now = new Date(nowMs)
  return Array.from({ length: monthsMax }, (_, back) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back)).toISOString().slice(0, 7),
  )
}

function MonthlyReport(): ReactNode {
  const months = monthsUntil(serverNowMs())
  const [chosen, setChosen] = useState<string | null>(null)
  const month = chosen ?? months[0] ?? ''
  return (
    <Group align="flex-end" gap="xs">
      <Select
        label="Report of a month (UTC)"
        description="By day and by whom, with exceptions and versions"
        data={months}
        value={month}
        onChange={setChosen}
        allowDeselect={false}
      />
      <Button variant="default" onClick={() => startFileDownload(policyReportAddress(month))}>
        Download as Excel
      </Button>
    </Group>
  )
}
