import type { DetectionRuleResponse } from '@aleph-audit-log/domain/api/detection-rules'
import { readRules } from '@aleph-audit-log/domain/detect/read-rules'
import { Button, Skeleton, Switch, TextInput } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { lazy, Suspense, useMemo, useState, type ReactNode } from 'react'
import { changeRule, createRule, deleteRule, ruleQuery, rulesKey } from '../api/detection-rules.ts'
import { sessionQuery } from '../api/session.ts'
import { LevelMark } from '../alerts/level-mark.tsx'
import { RuleTrial } from '../alerts/rule-trial.tsx'
import { newRuleId, originWords, ruleTemplate } from '../alerts/rule-words.ts'
import { formatCount } from '../events/format-time.ts'
import { paths } from '../paths.ts'
import { ConfirmModal } from '../ui/confirm-modal.tsx'
import { FormProblem } from '../ui/form-problem.tsx'
import { AlertIcon } from '../ui/icons.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Panel } from '../ui/settings-page.tsx'
import { showDone, showProblem } from '../ui/show-problem.ts'
import { ShownText } from '../ui/shown-text.tsx'
import { useSubmit } from '../ui/use-submit.ts'
import page from './alert-page.module.css'
import classes from './alert-rule-page.module.css'

// The editor is the largest part of the app: it is loaded here alone.
const RuleEditor = lazy(async () => ({ default: (await import('../alerts/rule-editor.tsx')).RuleEditor }))

/** One rule: what it looks for, as it is written, tried on the past, switched on and off. */
export function AlertRulePage(): ReactNode {
  const { ruleId } = useParams({ from: '/signed-in/alerts/rules/$ruleId' })
  const isNew = ruleId === newRuleId
  const found = useQuery({ ...ruleQuery(ruleId), enabled: !isNew })
  useDocumentTitle(`${found.data?.rule.title ?? 'Rule'} · Detection rules · Aleph`)
  return (
    <div className={page.page}>
      <Link to={paths.alertRules} className={page.back ?? ''}>
        Detection rules
      </Link>
      {isNew ? <NewRule /> : null}
      {!isNew && found.data === undefined && found.error !== null ? (
        <ProblemNote error={found.error} onRetry={() => void found.refetch()} />
      ) : null}
      {!isNew && found.data === undefined && found.error === null ? (
        <div role="status" aria-label="Loading the rule">
          <Skeleton height={64} radius={8} mb={16} />
          <Skeleton height={320} radius={8} />
        </div>
      ) : null}
      {found.data === undefined ? null : <Rule key={`${ruleId} ${found.data.source}`} found={found.data} />}
    </div>
  )
}

function NewRule(): ReactNode {
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const [source, setSource] = useState(() => ruleTemplate(globalThis.crypto.randomUUID()))
  const { busy, error, submit } = useSubmit()

  function save(): void {
    void submit(async () => {
      const { rule } = await createRule(source)
      await queryClient.invalidateQueries({ queryKey: rulesKey })
      await navigate({ to: paths.alertRule, params: { ruleId: rule.id }, replace: true })
    })
  }

  return (
    <>
      <header className={page.head}>
        <div className={page.titles}>
          <h1 className={page.title}>A new rule</h1>
          <div className={page.marks}>
            Try it on the past before it is added: it looks at events from then on.
          </div>
        </div>
        <Button loading={busy} onClick={save}>
          Add the rule
        </Button>
      </header>
      <Source text={source} readOnly={false} onChange={setSource} onSave={save} />
      {error === null ? null : <FormProblem error={error} />}
      <RuleTrial source={source} exclusions="" />
    </>
  )
}

function Rule({ found: { rule, source } }: { found: DetectionRuleResponse }): ReactNode {
  const { data: session } = useSuspenseQuery(sessionQuery)
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const mayChange = session.user.role === 'admin'
  const [text, setText] = useState(source)
  const [exclusions, setExclusions] = useState(rule.exclusions)
  const [asking, setAsking] = useState(false)
  const { busy, error, submit } = useSubmit()
  const isChanged = text !== source || exclusions !== rule.exclusions
  const reload = (): Promise<void> => queryClient.invalidateQueries({ queryKey: rulesKey })

  function save(): void {
    if (!mayChange || !isChanged) return
    void submit(async () => {
      await changeRule(rule.id, { exclusions, ...(text !== source && { source: text }) })
      await reload()
      showDone('The rule is saved: it looks at events from now on.')
    })
  }

  return (
    <>
      <header className={page.head}>
        <div className={page.titles}>
          <h1 className={page.title}>
            <ShownText text={rule.title} />
          </h1>
          <div className={page.marks}>
            {rule.level === undefined ? null : <LevelMark level={rule.level} />}
            <span>{originWords[rule.origin]}</span>
            <Link to={paths.alerts} search={{ rule: rule.id }} className={page.rule ?? ''}>
              {formatCount(rule.alerts)} {rule.alerts === 1 ? 'alert' : 'alerts'} in the past 30 days
            </Link>
          </div>
        </div>
        {mayChange ? (
          <div className={classes.actions}>
            <Switch
              label="On"
              checked={rule.enabled}
              onChange={(event) => {
                const enabled = event.currentTarget.checked
                void changeRule(rule.id, { enabled }).catch(showProblem).then(reload)
              }}
            />
            {rule.origin === 'workspace' ? (
              <Button variant="default" onClick={() => setAsking(true)}>
                {rule.isShipped ? 'As it is shipped' : 'Delete'}
              </Button>
            ) : null}
            <Button loading={busy} disabled={!isChanged} onClick={save}>
              Save
            </Button>
          </div>
        ) : null}
      </header>
      <About rule={rule} />
      <Source text={text} readOnly={!mayChange} onChange={setText} onSave={save} />
      {error === null ? null : <FormProblem error={error} />}
      <TextInput
        label="Exclusions"
        description="A search: the rule does not look at events that it finds"
        placeholder="actor:svc_backup OR ip:10.0.0.0/8"
        className={classes.exclusions ?? ''}
        autoComplete="off"
        spellCheck={false}
        readOnly={!mayChange}
        value={exclusions}
        onChange={(event) => setExclusions(event.target.value)}
      />
      <RuleTrial source={text} exclusions={exclusions} />
      <ConfirmModal
        opened={asking}
        title={rule.isShipped ? 'Take the rule as it is shipped?' : 'Delete the rule?'}
        confirmLabel={rule.isShipped ? 'Take it' : 'Delete'}
        onClose={() => setAsking(false)}
        act={async () => {
          await deleteRule(rule.id)
          await reload()
          if (!rule.isShipped) await navigate({ to: paths.alertRules })
        }}
      >
        {rule.isShipped ? 'What was changed here is gone, exclusions too.' : 'Its alerts stay.'}
      </ConfirmModal>
    </>
  )
}

function About({ rule }: { rule: DetectionRuleResponse['rule'] }): ReactNode {
  return (
    <>
      {rule.description === '' ? null : (
        <p className={classes.about}>
          <ShownText text={rule.description} />
        </p>
      )}
      {rule.problems.map((problem) => (
        <p key={problem} className={classes.problem}>
          <AlertIcon size={15} /> <ShownText text={problem} />
        </p>
      ))}
      {rule.falsePositives.length === 0 ? null : (
        <p className={classes.about}>
          False alarms: <ShownText text={rule.falsePositives.join('; ')} />
        </p>
      )}
    </>
  )
}

type SourceProps = {
  text: string
  readOnly: boolean
  onChange: (text: string) => void
  onSave: () => void
}

/** The text of a rule, with a line below that says what is wrong for who does not see the marks. */
function Source({ text, readOnly, onChange, onSave }: SourceProps): ReactNode {
  const { problems } = useMemo(() => readRules(text), [text])
  const [first] = problems
  return (
    <div>
      <Panel title="As it is written">
        <Suspense fallback={<Skeleton height={320} />}>
          <RuleEditor
            text={text}
            readOnly={readOnly}
            problems={problems}
            onChange={onChange}
            onSave={onSave}
          />
        </Suspense>
      </Panel>
      <p className={classes.fault} role="status" data-bad={first === undefined ? undefined : true}>
        {first === undefined
          ? 'It can be read.'
          : `Line ${first.line}, column ${first.column}: ${first.message}`}
      </p>
    </div>
  )
}
