import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useQueryClient, useQuery } from '@tanstack/react-query'
import { useRouter, useSearch } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { isApiError } from '../api/api-error.ts'
import { setupQuery, signIn } from '../api/session.ts'
import { safeReturnPath } from '../paths.ts'
import { CardPage } from '../ui/card-page.tsx'
import { CodeBlock } from '../ui/code-block.tsx'
import { FormProblem } from '../ui/form-problem.tsx'
import { useSubmit } from '../ui/use-submit.ts'

/** The way in. On a server without any user, how to make the first one. */
export function SignInPage(): ReactNode {
  const setup = useQuery(setupQuery)
  if (setup.data?.needed === true) return <SetupNeeded />
  return <SignInForm />
}

function SignInForm(): ReactNode {
  const router = useRouter()
  const queryClient = useQueryClient()
  const { next } = useSearch({ from: '/sign-in' })
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const { busy, error, submit } = useSubmit()

  async function enter(): Promise<void> {
    await signIn({ email, password })
    queryClient.clear()
    router.history.push(safeReturnPath(next))
  }

  const wrong = isApiError(error, 'unauthenticated')
  return (
    <CardPage title="Sign in">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void submit(enter)
        }}
      >
        <Stack gap="sm">
          <TextInput
            label="Email"
            type="email"
            name="email"
            autoComplete="username"
            required
            withAsterisk={false}
            autoFocus
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
          <PasswordInput
            label="Password"
            name="password"
            autoComplete="current-password"
            required
            withAsterisk={false}
            value={password}
            onChange={(event) => setPassword(event.target.value)}
            error={wrong ? 'Wrong email or password' : undefined}
          />
          {error === null || wrong ? null : <FormProblem error={error} />}
          <Button type="submit" fullWidth mt={6} loading={busy}>
            Sign in
          </Button>
        </Stack>
      </form>
    </CardPage>
  )
}

function SetupNeeded(): ReactNode {
  return (
    <CardPage
      title="This server is new"
      lead="It has no users yet. When it started, it printed a link that makes the first admin; open that link."
    >
      <p>The link is in the terminal or the log of the server and looks like this:</p>
      <CodeBlock label="set-up link" text={`${window.location.origin}/setup?token=…`} />
    </CardPage>
  )
}
