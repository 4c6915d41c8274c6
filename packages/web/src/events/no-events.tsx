import type { Role, Session } from '@aleph-audit-log/domain/api/access'
import { Button, Group } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { paths } from '../paths.ts'
import { CodeBlock } from '../ui/code-block.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ClockIcon, LogIcon, PlugIcon, SearchIcon } from '../ui/icons.tsx'
import { ShownText, withSigns } from '../ui/shown-text.tsx'
import { looserSearches } from './looser-searches.ts'
import classes from './no-events.module.css'

/**
 * Nothing has been recorded but what was done in this app itself, or nothing else that the reader may see: how the first
 * event from outside gets in.
 */
export function FirstEvent({ user }: { user: Session['user'] }): ReactNode {
  return firstEvents[user.role](user)
}

const firstEvents: Record<Role, (user: Session['user']) => ReactNode> = {
  admin: () => <WaysToSendEvents />,
  auditor: () => (
    <EmptyState icon={<LogIcon size={22} />} title="No queries yet">
      <p>
        So far the log holds only what was done here. An admin of the workspace can connect a database or send
        events from an application.
      </p>
    </EmptyState>
  ),
  analyst: () => (
    <EmptyState icon={<LogIcon size={22} />} title="No queries yet">
      <p>
        So far you see only what you did here. Queries appear when an admin of the workspace has connected a
        database, or an application sends them.
      </p>
    </EmptyState>
  ),
  member: ({ email }) => (
    <EmptyState icon={<LogIcon size={22} />} title="No queries of yours yet">
      <p>
        So far you see only what you did here. What you do elsewhere appears when it is recorded under your
        e-mail, <ShownText text={email} />.
      </p>
    </EmptyState>
  ),
}

function WaysToSendEvents(): ReactNode {
  return (
    <EmptyState icon={<LogIcon size={22} />} title="Record your first query">
      <p>
        So far the log holds only what was done here. Send an event from any program, or let this server
        follow the log of a PostgreSQL database.
      </p>
      <div className={classes.ways}>
        <section>
          <h3 className={classes.way}>Send an event</h3>
          <p className={classes.hint}>
            Make a key with the scope <code>events:write</code> under <Link to={paths.apiKeys}>API keys</Link>{' '}
            and put it in place of <code>YOUR_KEY</code>.
          </p>
          <CodeBlock label="curl command" text={firstEventCommand(window.location.origin)} />
        </section>
        <section>
          <h3 className={classes.way}>Record a PostgreSQL database</h3>
          <p className={classes.hint}>
            Clients connect through a gateway, or the server follows the database&apos;s own log: no
            application has to change.
          </p>
          <Button component={Link} to={paths.integrations} variant="default" leftSection={<PlugIcon />}>
            Add a gateway or a log
          </Button>
        </section>
      </div>
    </EmptyState>
  )
}

/** A command that sends one event to this server. */
function firstEventCommand(origin: string): string {
  return `curl ${origin}/api/v1/events \\
  -H 'Authorization: Bearer YOUR_KEY' \\
  -H 'Content-Type: application/json' \\
  -d '{
    "type": "query",
    "actor": {
      "type": "user", "email": "ann@example.com"
    },
    "data": {
      "sql": "select * from orders", "dialect": "postgres"
    }
  }'`
}

type NoMatchProps = {
  q: string
  /** In words, for the middle of a sentence. */
  rangeLabel: string
  onSearch: (text: string) => void
  /** Absent where the range cannot be made wider. */
  onWiden: (() => void) | undefined
}

/** Nothing matches: which filter to loosen. */
export function NoMatch({ q, rangeLabel, onSearch, onWiden }: NoMatchProps): ReactNode {
  const icon = q === '' ? <ClockIcon size={22} /> : <SearchIcon size={22} />
  return (
    <EmptyState icon={icon} title="No events match">
      <p>
        {q === '' ? (
          <>Nothing was recorded in this time ({rangeLabel}).</>
        ) : (
          <>
            Nothing in this time ({rangeLabel}) matches the search. Loosen it: take a term away, or put{' '}
            <code>*</code> in place of a part of a value.
          </>
        )}
      </p>
      <Group justify="center" gap="xs">
        {looserSearches(q).map(({ without, text }) => (
          <Button key={without} variant="default" maw={360} onClick={() => onSearch(text)}>
            <span className={classes.without}>
              Without <code>{withSigns(without)}</code>
            </span>
          </Button>
        ))}
        {q === '' ? null : (
          <Button variant="default" onClick={() => onSearch('')}>
            Clear the search
          </Button>
        )}
        {onWiden === undefined ? null : (
          <Button variant="default" onClick={onWiden}>
            Look at the past 90 days
          </Button>
        )}
      </Group>
    </EmptyState>
  )
}
