import type { AccountSession } from '@aleph-audit-log/domain/api/access'
import { Button, PasswordInput, Skeleton, Stack } from '@mantine/core'
import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { useState, type FormEvent, type ReactNode } from 'react'
import { changePassword, endOtherSessions, ownSessionsQuery } from '../api/account.ts'
import { sessionQuery } from '../api/session.ts'
import { FormProblem } from '../ui/form-problem.tsx'
import { NewPasswordInput, passwordFault } from '../ui/new-password-input.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { roleNames, roleScopes } from '../ui/role-names.ts'
import { Panel, SettingsPage } from '../ui/settings-page.tsx'
import { showDone } from '../ui/show-problem.ts'
import { ShownText } from '../ui/shown-text.tsx'
import { TimeAgo } from '../ui/time-ago.tsx'
import { useSubmit } from '../ui/use-submit.ts'
import { wordsForField } from '../ui/words-for-problem.ts'
import classes from './account-page.module.css'
import { browserOf } from './browser-of.ts'

/** What everybody can do about their own account. */
export function AccountPage(): ReactNode {
  const { data: session } = useSuspenseQuery(sessionQuery)
  const { name, email, role } = session.user
  return (
    <SettingsPage title="Your account" lead="How you sign in, and where you are signed in.">
      <Panel title="You">
        <dl className={classes.facts}>
          <dt>Name</dt>
          <dd>
            <ShownText text={name} />
          </dd>
          <dt>Email</dt>
          <dd>
            <ShownText text={email} />
          </dd>
          <dt>Role</dt>
          <dd>
            {roleNames[role]}
            {roleScopes[role] === undefined ? null : <span className={classes.more}>{roleScopes[role]}</span>}
          </dd>
        </dl>
      </Panel>
      <Panel title="Password">
        <PasswordForm email={email} />
      </Panel>
      <Panel title="Where you are signed in">
        <Sessions />
      </Panel>
    </SettingsPage>
  )
}

function PasswordForm({ email }: { email: string }): ReactNode {
  const queryClient = useQueryClient()
  const [currentPassword, setCurrentPassword] = useState('')
  const [password, setPassword] = useState('')
  const [tried, setTried] = useState(false)
  const { busy, error, submit } = useSubmit()
  const fault = passwordFault(password)
  const currentProblem = wordsForField(error, 'currentPassword')
  const newProblem = wordsForField(error, 'password')

  function send(event: FormEvent): void {
    event.preventDefault()
    setTried(true)
    if (fault !== undefined || currentPassword === '') return
    void submit(async () => {
      await changePassword({ currentPassword, password })
      setCurrentPassword('')
      setPassword('')
      setTried(false)
      await queryClient.invalidateQueries({ queryKey: ownSessionsQuery.queryKey })
      showDone('Your password is changed. Everywhere else you are signed out.')
    })
  }

  return (
    <form onSubmit={send} className={classes.form}>
      <Stack gap="sm" align="flex-start">
        {/* Password managers want to know whose password it is. */}
        <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
        <PasswordInput
          w="100%"
          label="Current password"
          name="current-password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={currentPassword}
          onChange={(event) => setCurrentPassword(event.target.value)}
          error={currentProblem}
        />
        <div className={classes.whole}>
          <NewPasswordInput
            label="New password"
            value={password}
            onChange={setPassword}
            error={newProblem ?? (tried ? fault : undefined)}
          />
        </div>
        {error === null || currentProblem !== undefined || newProblem !== undefined ? null : (
          <FormProblem error={error} />
        )}
        <Button type="submit" loading={busy}>
          Change the password
        </Button>
      </Stack>
    </form>
  )
}

function Sessions(): ReactNode {
  const queryClient = useQueryClient()
  const sessions = useQuery(ownSessionsQuery)
  const { busy, error, submit } = useSubmit()
  if (sessions.data === undefined) {
    return (
      <div className={classes.form}>
        {sessions.error === null ? (
          <Skeleton height={40} />
        ) : (
          <ProblemNote error={sessions.error} onRetry={() => void sessions.refetch()} />
        )}
      </div>
    )
  }
  const others = sessions.data.length - 1

  function end(): void {
    void submit(async () => {
      const ended = await endOtherSessions()
      await queryClient.invalidateQueries({ queryKey: ownSessionsQuery.queryKey })
      showDone(`Signed out at ${ended} other ${ended === 1 ? 'place' : 'places'}.`)
    })
  }

  return (
    <>
      <ul className={classes.sessions} aria-label="Sessions">
        {sessions.data.map((session) => (
          <li key={`${session.beganAt} ${session.userAgent}`} className={classes.session}>
            <SessionLine session={session} />
          </li>
        ))}
      </ul>
      {others === 0 ? null : (
        <div className={classes.form}>
          {error === null ? null : <FormProblem error={error} />}
          <Button variant="default" loading={busy} onClick={end}>
            Sign out everywhere else
          </Button>
        </div>
      )}
    </>
  )
}

function SessionLine({ session }: { session: AccountSession }): ReactNode {
  const { current, beganAt, userAgent } = session
  return (
    <>
      <span title={userAgent}>
        <ShownText text={browserOf(userAgent)} />
        {current ? <b> · this browser</b> : null}
      </span>
      <span className={classes.more}>
        signed in <TimeAgo time={beganAt} />
      </span>
    </>
  )
}
