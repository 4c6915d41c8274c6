import { Button, Stack, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useRouter, useSearch } from '@tanstack/react-router'
import { useState, type FormEvent, type ReactNode } from 'react'
import { setUp, setupQuery } from '../api/session.ts'
import { paths } from '../paths.ts'
import { CardPage } from '../ui/card-page.tsx'
import { FormProblem } from '../ui/form-problem.tsx'
import { NewPasswordInput, passwordFault } from '../ui/new-password-input.tsx'
import { useSubmit } from '../ui/use-submit.ts'
import { wordsForField } from '../ui/words-for-problem.ts'

/** Makes the first admin, with the one-time link that the server printed. */
export function SetupPage(): ReactNode {
  const { token } = useSearch({ from: '/setup' })
  const setup = useQuery(setupQuery)
  if (setup.data?.needed === false) {
    return (
      <CardPage title="Already set up" lead="This server has its first admin.">
        <Button component={Link} to={paths.signIn} fullWidth mt="md">
          Sign in
        </Button>
      </CardPage>
    )
  }
  if (token === undefined) {
    return (
      <CardPage
        title="The link is not complete"
        lead="Open the whole link that the server printed when it started; it ends with ?token= and a long code."
      />
    )
  }
  return <SetupForm token={token} />
}

function SetupForm({ token }: { token: string }): ReactNode {
  const router = useRouter()
  const queryClient = useQueryClient()
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [tried, setTried] = useState(false)
  const { busy, error, submit } = useSubmit()
  const fault = passwordFault(password)

  function send(event: FormEvent): void {
    event.preventDefault()
    setTried(true)
    if (fault !== undefined) return
    void submit(async () => {
      await setUp({ token, name, email, password })
      queryClient.clear()
      await router.navigate({ to: paths.auditLog, replace: true })
    })
  }

  const fields = {
    name: wordsForField(error, 'name'),
    email: wordsForField(error, 'email'),
    password: wordsForField(error, 'password') ?? (tried ? fault : undefined),
  }
  const shownAtField =
    wordsForField(error, 'name') ?? wordsForField(error, 'email') ?? wordsForField(error, 'password')
  return (
    <CardPage title="Set up the audit log" lead="Make the first admin. You can invite others afterwards.">
      <form onSubmit={send}>
        <Stack gap="sm">
          <TextInput
            label="Name"
            name="name"
            autoComplete="name"
            required
            withAsterisk={false}
            autoFocus
            value={name}
            onChange={(event) => setName(event.target.value)}
            error={fields.name}
          />
          <TextInput
            label="Email"
            type="email"
            name="email"
            autoComplete="username"
            required
            withAsterisk={false}
            value={email}
            onChange={(event) => setEmail(event.target.value)}
            error={fields.email}
          />
          <NewPasswordInput value={password} onChange={setPassword} error={fields.password} />
          {error === null || shownAtField !== undefined ? null : <FormProblem error={error} />}
          <Button type="submit" fullWidth mt={6} loading={busy}>
            Create the admin
          </Button>
        </Stack>
      </form>
    </CardPage>
  )
}
