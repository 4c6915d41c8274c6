import type { GatewayTestResponse, PostgresGatewaySettings } from '@aleph-audit-log/domain/api/integrations'
import { Button } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { testGateway } from '../api/integrations.ts'
import { DoneIcon } from '../ui/icons.tsx'
import type { Submit } from '../ui/use-submit.ts'
import { ProblemBesideFields } from './integration-form.tsx'
import classes from './integration-form.module.css'

type GatewayTestProps = {
  settings: () => PostgresGatewaySettings
  id: string | undefined
  /** Of the form, whose fields show what is wrong with them. */
  submitting: Submit
  fields: readonly string[]
}

/** Tries the settings before they are saved: is the server there, and is the address free? */
export function GatewayTest({ settings, id, submitting, fields }: GatewayTestProps): ReactNode {
  const [answer, setAnswer] = useState<GatewayTestResponse>()
  const { busy, error, submit } = submitting

  function test(): void {
    setAnswer(undefined)
    const request = { settings: settings(), ...(id === undefined ? {} : { id }) }
    void submit(async () => setAnswer(await testGateway(request)))
  }

  return (
    <div className={classes.test}>
      <Button variant="default" onClick={test} loading={busy}>
        Test connection
      </Button>
      <div role="status" className={classes.answer}>
        {answer === undefined ? null : (
          <span className={classes.good}>
            <DoneIcon size={15} />
            PostgreSQL answers
            {answer.serverTls === undefined ? ' without TLS' : ` with ${answer.serverTls}`} and asks for{' '}
            {answer.authentication}.
          </span>
        )}
      </div>
      <ProblemBesideFields error={error} fields={fields} />
    </div>
  )
}
