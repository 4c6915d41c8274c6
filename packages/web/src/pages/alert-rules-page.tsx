import type { DetectionRule } from '@aleph-audit-log/domain/api/detection-rules'
import { Button, Switch, TextInput } from '@mantine/core'
import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { changeRule, rulesKey, rulesQuery } from '../api/detection-rules.ts'
import { sessionQuery } from '../api/session.ts'
import { LevelMark } from '../alerts/level-mark.tsx'
import { newRuleId, originWords } from '../alerts/rule-words.ts'
import { formatCount } from '../events/format-time.ts'
import { paths } from '../paths.ts'
import { DataTable, LoadingRows } from '../ui/data-table.tsx'
import { AlertIcon, PlusIcon, SearchIcon } from '../ui/icons.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Panel, SettingsPage } from '../ui/settings-page.tsx'
import { showProblem } from '../ui/show-problem.ts'
import { ShownText } from '../ui/shown-text.tsx'
import classes from './alert-rules-page.module.css'

/** What the log looks for by itself. */
export function AlertRulesPage(): ReactNode {
  const rules = useQuery(rulesQuery)
  const navigate = useNavigate()
  const { data: session } = useSuspenseQuery(sessionQuery)
  const [search, setSearch] = useState('')
  const mayChange = session.user.role === 'admin'
  const shown = rules.data?.filter(
    (rule) =>
      rule.shown && `${rule.title} ${rule.tags.join(' ')}`.toLowerCase().includes(search.toLowerCase()),
  )
  return (
    <SettingsPage
      wide
      title="Detection rules"
      lead="What the log looks for by itself. Each is a Sigma file; what it finds becomes an alert."
      action={
        mayChange ? (
          <Button
            leftSection={<PlusIcon />}
            onClick={() => void navigate({ to: paths.alertRule, params: { ruleId: newRuleId } })}
          >
            Write a rule
          </Button>
        ) : null
      }
    >
      <Link to={paths.alerts} className={classes.back ?? ''}>
        Alerts
      </Link>
      <TextInput
        aria-label="Search rules"
        placeholder="Title or tag"
        leftSection={<SearchIcon size={15} />}
        value={search}
        onChange={(event) => setSearch(event.target.value)}
        className={classes.search ?? ''}
        autoComplete="off"
      />
      {rules.data === undefined && rules.error !== null ? (
        <ProblemNote error={rules.error} onRetry={() => void rules.refetch()} />
      ) : (
        <Panel>
          <DataTable label="Rules" headings={['Level', 'Rule', 'From', 'Alerts, 30 days', 'On']}>
            {shown === undefined ? <LoadingRows columns={5} rows={12} /> : null}
            {shown?.map((rule) => (
              <RuleRow key={rule.id} rule={rule} mayChange={mayChange} />
            ))}
            {shown?.length === 0 ? (
              <tr>
                <td colSpan={5} className={classes.dim}>
                  No rule is found by this.
                </td>
              </tr>
            ) : null}
          </DataTable>
        </Panel>
      )}
    </SettingsPage>
  )
}

function RuleRow({ rule, mayChange }: { rule: DetectionRule; mayChange: boolean }): ReactNode {
  const queryClient = useQueryClient()
  const [busy, setBusy] = useState(false)

  async function enable(enabled: boolean): Promise<void> {
    setBusy(true)
    await changeRule(rule.id, { enabled }).catch(showProblem)
    await queryClient.invalidateQueries({ queryKey: rulesKey })
    setBusy(false)
  }

  return (
    <tr>
      <td>{rule.level === undefined ? '–' : <LevelMark level={rule.level} />}</td>
      <td>
        <Link to={paths.alertRule} params={{ ruleId: rule.id }} className={classes.title ?? ''}>
          <ShownText text={rule.title} />
        </Link>
        {rule.problems.length === 0 ? null : (
          <div className={classes.problem}>
            <AlertIcon size={14} /> It cannot run: <ShownText text={rule.problems[0] ?? ''} />
          </div>
        )}
      </td>
      <td>{originWords[rule.origin]}</td>
      <td>{rule.alerts === 0 ? '–' : formatCount(rule.alerts)}</td>
      <td>
        {mayChange ? (
          <Switch
            aria-label={`Look for ${rule.title}`}
            checked={rule.enabled}
            disabled={busy}
            onChange={(event) => void enable(event.currentTarget.checked)}
          />
        ) : rule.enabled ? (
          'On'
        ) : (
          'Off'
        )}
      </td>
    </tr>
  )
}
