import { Button, Skeleton, Stack, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { useState, type FormEvent, type ReactNode } from 'react'
import { isApiError } from '../api/api-error.ts'
import { passwordResetQuery, resetPassword } from '../api/session.ts'
import { paths } from '../paths.ts'
import { CardPage } from '../ui/card-page.tsx'
import { FormProblem } from '../ui/form-problem.tsx'
import { NewPasswordInput, passwordFault } from '../ui/new-password-input.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { useSubmit } from '../ui/use-submit.ts'
import { wordsForField } from '../ui/words-for-problem.ts'

/** Where the link of `users reset` leads: choose a new password. */
export function PasswordResetPage(): ReactNode {
  const { token = '' } = useSearch({ from: '/reset-password' })
  const reset = useQuery(passwordResetQuery(token))
  const [password, setPassword] = useState('')
  const [tried, setTried] = useState(false)
  const [done, setDone] = useState(false)
  const { busy, error, submit } = useSubmit()
  const fault = passwordFault(password)
  const passwordProblem = wordsForField(error, 'password')

  function send(event: FormEvent): void {
    event.preventDefault()
    setTried(true)
    if (fault !== undefined) return
    void submit(async () => {
      await resetPassword(token, password)
      setDone(true)
    })
  }

  if (done) {
    return (
      <CardPage
        title="Your password is changed"
        lead="Everyone who was signed in with the old one is signed out."
      >
        <Button component={Link} to={paths.signIn} fullWidth mt="md">
          Sign in
        </Button>
      </CardPage>
    )
  }
  if (isApiError(reset.error, 'not_found') || isApiError(reset.error, 'invalid')) {
    return (
      <CardPage
        title="This link is no longer valid"
        lead="It was used or has expired. Ask the operator of the server for a new one."
      />
    )
  }
  if (reset.data === undefined) {
    return (
      <CardPage title="Choose a new password">
        {reset.error === null ? (
          <Skeleton height={130} mt="md" />
        ) : (
          <ProblemNote error={reset.error} onRetry={() => void reset.refetch()} />
        )}
      </CardPage>
    )
  }
  return (
    <CardPage title="Choose a new password">
      <form onSubmit={send}>
        <Stack gap="sm">
          <TextInput
            label="Email"
            type="email"
            name="email"
            autoComplete="username"
            readOnly
            value={reset.data.email}
          />
          <NewPasswordInput
            value={password}
            onChange={setPassword}
            error={passwordProblem ?? (tried ? fault : undefined)}
          />
          {error === null || passwordProblem !== undefined ? null : <FormProblem error={error} />}
          <Button type="submit" fullWidth mt={6} loading={busy}>
            Change the password
          </Button>
        </Stack>
      </form>
    </CardPage>
  )
}
