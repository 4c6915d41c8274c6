import type { Policy } from '@aleph-audit-log/domain/api/policies'
import { Button, Group, Skeleton, Switch, TextInput } from '@mantine/core'
import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { lazy, Suspense, useRef, useState, type FormEvent, type ReactNode } from 'react'
import { deletePolicy, policiesQuery, savePolicy } from '../api/policies.ts'
import { sessionQuery } from '../api/session.ts'
import { paths } from '../paths.ts'
import { PastEffect } from '../policies/past-effect.tsx'
import { PolicyVersions } from '../policies/policy-versions.tsx'
import { PageTabs } from '../ui/page-tabs.tsx'
import classes from '../policies/policies.module.css'
import { TemplateForm } from '../policies/template-form.tsx'
import { ConfirmModal } from '../ui/confirm-modal.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { FormProblem } from '../ui/form-problem.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { SettingsPage } from '../ui/settings-page.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import { showDone } from '../ui/show-problem.ts'
import { useSubmit } from '../ui/use-submit.ts'
import { wordsForField } from '../ui/words-for-problem.ts'

// The editor is large: it is loaded where something is written.
const PolicyEditor = lazy(async () => ({
  default: (await import('../policies/policy-editor.tsx')).PolicyEditor,
}))

/** One policy: its text, what it would have said of the past, and what it was before. */
export function PolicyPage(): ReactNode {
  const { policyId } = useParams({ from: '/signed-in/policies/$policyId' })
  const policies = useQuery(policiesQuery)
  const policy = policies.data?.find(({ id }) => id === policyId)
  const isNew = policyId === 'new'
  return (
    <SettingsPage
      title={isNew ? 'A new policy' : (policy?.name ?? 'Policy')}
      lead="What no policy forbids is permitted. A policy speaks of groups, tags, actions, tools, networks and hours."
    >
      <PageTabs of="Policies" />
      {policies.error !== null && policies.data === undefined ? (
        <ProblemNote error={policies.error} onRetry={() => void policies.refetch()} />
      ) : policies.data === undefined ? null : !isNew && policy === undefined ? (
        <EmptyState title="There is no such policy">
          <p>It may have been deleted.</p>
        </EmptyState>
      ) : (
        <PolicyForm key={`${policyId} ${policy?.version ?? 0}`} before={policy} />
      )}
      {policy === undefined ? null : <PolicyVersions id={policy.id} />}
    </SettingsPage>
  )
}

function PolicyForm({ before }: { before: Policy | undefined }): ReactNode {
  const { data: session } = useSuspenseQuery(sessionQuery)
  const readOnly = session.user.role !== 'admin'
  const [name, setName] = useState(before?.name ?? '')
  const [text, setText] = useState(before?.text ?? '')
  // A template takes the place of what was written: that is another editor.
  const [template, setTemplate] = useState({ text, used: 0 })
  const [enabled, setEnabled] = useState(before?.enabled ?? true)
  const [note, setNote] = useState('')
  const [deleting, setDeleting] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const { busy, error, submit } = useSubmit()
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const nameProblem = wordsForField(error, 'name')

  async function reload(): Promise<void> {
    await queryClient.invalidateQueries({ queryKey: policiesQuery.queryKey })
    await queryClient.invalidateQueries({ queryKey: ['policy-activity'] })
  }

  function send(event: FormEvent): void {
    event.preventDefault()
    // The editor has small forms of its own.
    if (event.target !== event.currentTarget) return
    void submit(async () => {
      const saved = await savePolicy(before, { name, text, enabled, note })
      await reload()
      showDone(saved.enabled ? 'Saved: queries are judged by it from now on.' : 'Saved. It is switched off.')
      await navigate({ to: paths.policy, params: { policyId: saved.id }, replace: true })
    })
  }

  return (
    <form ref={form} onSubmit={send} className={classes.form}>
      {before === undefined && !readOnly ? (
        <TemplateForm
          onUse={(chosen) => {
            setName(chosen.name)
            setText(chosen.text)
            setTemplate(({ used }) => ({ text: chosen.text, used: used + 1 }))
          }}
        />
      ) : null}
      <TextInput
        label="Name"
        description="Stands in events and in reports"
        required
        withAsterisk={false}
        autoComplete="off"
        readOnly={readOnly}
        value={name}
        onChange={(event) => setName(event.target.value)}
        error={nameProblem}
      />
      <Suspense fallback={<Skeleton height={214} mt={24} radius={8} />}>
        <PolicyEditor
          key={template.used}
          initialText={template.text}
          text={text}
          readOnly={readOnly}
          onChange={setText}
          onSave={() => {
            if (!readOnly) form.current?.requestSubmit()
          }}
        />
      </Suspense>
      <PastEffect text={text} />
      {readOnly ? null : (
        <>
          <Switch
            label="Judge queries by it"
            checked={enabled}
            onChange={(event) => setEnabled(event.target.checked)}
          />
          <TextInput
            label="Note"
            description="Why, for who reads the versions"
            autoComplete="off"
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
          {error === null || nameProblem !== undefined ? null : <FormProblem error={error} />}
          <Group gap="xs">
            <Button type="submit" loading={busy}>
              Save
            </Button>
            {before === undefined ? null : (
              <Button variant="default" onClick={() => setDeleting(true)}>
                Delete
              </Button>
            )}
          </Group>
        </>
      )}
      <ConfirmModal
        opened={deleting}
        title="Delete the policy?"
        confirmLabel="Delete"
        onClose={() => setDeleting(false)}
        act={async () => {
          if (before !== undefined) await deletePolicy(before.id)
          await reload()
          await navigate({ to: paths.policies, replace: true })
        }}
      >
        New queries are no longer judged by{' '}
        <b>
          <ShownText text={before?.name ?? ''} />
        </b>
        . What was decided stays in the events.
      </ConfirmModal>
    </form>
  )
}
