import { Button, Skeleton, Stack, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter, useSearch } from '@tanstack/react-router'
import { useState, type FormEvent, type ReactNode } from 'react'
import type { OpenInvitation } from '@aleph-audit-log/domain/api/access'
import { isApiError } from '../api/api-error.ts'
import { acceptInvitation, invitationQuery } from '../api/session.ts'
import { paths } from '../paths.ts'
import { CardPage } from '../ui/card-page.tsx'
import { FormProblem } from '../ui/form-problem.tsx'
import { NewPasswordInput, passwordFault } from '../ui/new-password-input.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { roleMeanings, roleNames } from '../ui/role-names.ts'
import { ShownText } from '../ui/shown-text.tsx'
import { useSubmit } from '../ui/use-submit.ts'
import { wordsForField } from '../ui/words-for-problem.ts'

/** Where the link of an invitation leads: choose a name and a password, and be in. */
export function InvitationPage(): ReactNode {
  const { token = '' } = useSearch({ from: '/invitation' })
  const invitation = useQuery(invitationQuery(token))
  if (invitation.data !== undefined) return <AcceptForm token={token} invitation={invitation.data} />
  if (isApiError(invitation.error, 'not_found') || isApiError(invitation.error, 'invalid')) {
    return (
      <CardPage
        title="This invitation is no longer valid"
        lead="It was used, withdrawn, or has expired. Ask an admin of the workspace for a new one."
      />
    )
  }
  return (
    <CardPage title="Invitation">
      {invitation.error === null ? (
        <Skeleton height={180} mt="md" />
      ) : (
        <ProblemNote error={invitation.error} onRetry={() => void invitation.refetch()} />
      )}
    </CardPage>
  )
}

function AcceptForm({ token, invitation }: { token: string; invitation: OpenInvitation }): ReactNode {
  const router = useRouter()
  const queryClient = useQueryClient()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [tried, setTried] = useState(false)
  const { busy, error, submit } = useSubmit()
  const fault = passwordFault(password)
  const nameFault = wordsForField(error, 'name')
  const passwordProblem = wordsForField(error, 'password')

  function send(event: FormEvent): void {
    event.preventDefault()
    setTried(true)
    if (fault !== undefined) return
    void submit(async () => {
      await acceptInvitation(token, { name, password })
      queryClient.clear()
      await router.navigate({ to: paths.auditLog, replace: true })
    })
  }

  return (
    <CardPage
      title="Join the workspace"
      lead={
        <>
          You are invited to{' '}
          <b>
            <ShownText text={invitation.workspace.name} />
          </b>{' '}
          as {roleNames[invitation.role]}. {roleMeanings[invitation.role]}
        </>
      }
    >
      <form onSubmit={send}>
        <Stack gap="sm">
          <TextInput
            label="Email"
            type="email"
            name="email"
            autoComplete="username"
            readOnly
            value={invitation.email}
          />
          <TextInput
            label="Name"
            name="name"
            autoComplete="name"
            required
            withAsterisk={false}
            autoFocus
            value={name}
            onChange={(event) => setName(event.target.value)}
            error={nameFault}
          />
          <NewPasswordInput
            value={password}
            onChange={setPassword}
            error={passwordProblem ?? (tried ? fault : undefined)}
          />
          {error === null || nameFault !== undefined || passwordProblem !== undefined ? null : (
            <FormProblem error={error} />
          )}
          <Button type="submit" fullWidth mt={6} loading={busy}>
            Join
          </Button>
        </Stack>
      </form>
    </CardPage>
  )
}
