import { mailTlsModes } from '@aleph-audit-log/domain/tls-modes'
import type { ChangeMailRequest, MailSettings } from '@aleph-audit-log/domain/api/mail'
import { Button, PasswordInput, Select, Skeleton, Stack, TextInput } from '@mantine/core'
import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { useState, type FormEvent, type ReactNode } from 'react'
import { changeMail, mailQuery, schedulesQuery, testMail } from '../api/schedules.ts'
import { sessionQuery } from '../api/session.ts'
import { DoneIcon } from '../ui/icons.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Panel } from '../ui/settings-page.tsx'
import { showDone } from '../ui/show-problem.ts'
import { ShownText } from '../ui/shown-text.tsx'
import { useSubmit } from '../ui/use-submit.ts'
import { wordsForField } from '../ui/words-for-problem.ts'
import { ProblemBesideFields } from './integration-form.tsx'
import formClasses from './integration-form.module.css'
import classes from './mail-panel.module.css'

const tlsWords: Record<(typeof mailTlsModes)[number], string> = {
  tls: 'TLS (usually port 465)',
  starttls: 'STARTTLS, required (usually port 587)',
  none: 'None: nothing is encrypted',
}

/** The server that sends the e-mails of scheduled exports. */
export function MailPanel(): ReactNode {
  const mail = useQuery(mailQuery)
  return (
    <Panel title="Outgoing e-mail">
      {mail.data === undefined && mail.error !== null ? (
        <ProblemNote error={mail.error} onRetry={() => void mail.refetch()} />
      ) : null}
      {mail.data === undefined && mail.error === null ? (
        <div role="status" aria-label="Loading the mail server" className={classes.form}>
          <Skeleton height={180} radius={8} />
        </div>
      ) : null}
      {mail.data === undefined ? null : <MailForm before={mail.data} />}
    </Panel>
  )
}

type Draft = Omit<ChangeMailRequest, 'port'> & { port: string }

function draftOf(before: MailSettings | null): Draft {
  if (before === null) return { host: '', port: '587', tls: 'starttls', user: '', from: '' }
  const { host, port, tls, user, from } = before
  return { host, port: String(port), tls, user, from }
}

function MailForm({ before }: { before: MailSettings | null }): ReactNode {
  const queryClient = useQueryClient()
  const { data: session } = useSuspenseQuery(sessionQuery)
  const [draft, setDraft] = useState(() => draftOf(before))
  const [to, setTo] = useState(session.user.email)
  const [answer, setAnswer] = useState<string>()
  const saving = useSubmit()
  const testing = useSubmit()
  const error = saving.error ?? testing.error
  const change = (more: Partial<Draft>): void => {
    setAnswer(undefined)
    setDraft((now) => ({ ...now, ...more }))
  }
  const request = (): ChangeMailRequest => ({ ...draft, port: Number(draft.port) })

  function save(event: FormEvent): void {
    event.preventDefault()
    testing.reset()
    void saving.submit(async () => {
      await changeMail(request())
      await queryClient.invalidateQueries({ queryKey: mailQuery.queryKey })
      await queryClient.invalidateQueries({ queryKey: schedulesQuery.queryKey })
      // What is kept is not shown, and not sent again.
      const { password: _, ...rest } = draft
      setDraft(rest)
      showDone('The mail server is saved.')
    })
  }

  function test(): void {
    saving.reset()
    setAnswer(undefined)
    void testing.submit(async () => {
      const { answer: said } = await testMail({ ...request(), to })
      setAnswer(said)
    })
  }

  return (
    <form onSubmit={save} noValidate className={classes.form}>
      <Stack gap="md">
        <MailFields draft={draft} change={change} error={error} hasPassword={before?.hasPassword === true} />
        <ProblemBesideFields
          error={error}
          fields={['host', 'port', 'tls', 'user', 'password', 'from', 'to']}
        />
        <div className={classes.end}>
          <TextInput
            label="Send a test to"
            type="email"
            className={classes.to ?? ''}
            value={to}
            onChange={(event) => setTo(event.target.value)}
            error={wordsForField(error, 'to')}
          />
          <Button variant="default" loading={testing.busy} onClick={test}>
            Send test e-mail
          </Button>
          <Button type="submit" loading={saving.busy}>
            Save
          </Button>
        </div>
        <div role="status">
          {answer === undefined ? null : (
            <span className={formClasses.good}>
              <DoneIcon size={15} />
              <span>
                The server took the e-mail: <ShownText text={answer} />
              </span>
            </span>
          )}
        </div>
      </Stack>
    </form>
  )
}

type MailFieldsProps = {
  draft: Draft
  change: (more: Partial<Draft>) => void
  error: unknown
  hasPassword: boolean
}

function MailFields({ draft, change, error, hasPassword }: MailFieldsProps): ReactNode {
  return (
    <div className={classes.fields}>
      <div className={formClasses.address}>
        <TextInput
          label="SMTP server"
          placeholder="mail.acme.com"
          autoComplete="off"
          spellCheck={false}
          value={draft.host}
          onChange={(event) => change({ host: event.target.value })}
          error={wordsForField(error, 'host')}
        />
        <TextInput
          label="Port"
          inputMode="numeric"
          autoComplete="off"
          value={draft.port}
          onChange={(event) => change({ port: event.target.value })}
          error={wordsForField(error, 'port')}
        />
      </div>
      <Select
        label="Encryption"
        data={mailTlsModes.map((mode) => ({ value: mode, label: tlsWords[mode] }))}
        value={draft.tls}
        allowDeselect={false}
        onChange={(chosen) => change({ tls: mailTlsModes.find((mode) => mode === chosen) ?? 'starttls' })}
        error={wordsForField(error, 'tls')}
      />
      <TextInput
        label="User"
        placeholder="Empty: without signing in"
        autoComplete="off"
        spellCheck={false}
        value={draft.user}
        onChange={(event) => change({ user: event.target.value })}
        error={wordsForField(error, 'user')}
      />
      <PasswordInput
        label="Password"
        placeholder={hasPassword ? 'Kept; type to replace it' : ''}
        autoComplete="new-password"
        value={draft.password ?? ''}
        onChange={(event) => change({ password: event.target.value })}
        error={wordsForField(error, 'password')}
      />
      <TextInput
        label="From"
        type="email"
        placeholder="audit@acme.com"
        autoComplete="off"
        value={draft.from}
        onChange={(event) => change({ from: event.target.value })}
        error={wordsForField(error, 'from')}
      />
    </div>
  )
}
