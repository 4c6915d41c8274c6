import { Button, Group } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { describeRange } from '../events/time-range.ts'
import { useZone } from '../events/zone-context.ts'
import { paths } from '../paths.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { ChartIcon, CheckIcon, SearchIcon } from '../ui/icons.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import { useInsights } from './insights-context.ts'

type NoUsageProps = { words: readonly [one: string, many: string]; sort: string }

/** Nothing to list: why, and what to do about it. */
export function NoUsage({ words, sort }: NoUsageProps): ReactNode {
  const { params, range, change, chooseRange, ofEvents } = useInsights()
  const zone = useZone()
  const { name } = params
  if (name !== undefined) {
    return (
      <EmptyState icon={<SearchIcon size={22} />} title={`No ${words[1]} found`}>
        <p>
          Nothing here has “<ShownText text={name.slice(0, 200)} />” in its name. Try a shorter part of it.
        </p>
        <Button variant="default" onClick={() => change({ name: undefined })}>
          Show all {words[1]}
        </Button>
      </EmptyState>
    )
  }
  if (params.of !== undefined) {
    return (
      <EmptyState icon={<SearchIcon size={22} />} title={`No ${words[1]} in this time`}>
        <p>
          No query of “<ShownText text={params.of.slice(0, 200)} />” was recorded in this time. A longer one
          may show more.
        </p>
        <Button variant="default" onClick={() => change({ of: undefined })}>
          Show all {words[1]}
        </Button>
      </EmptyState>
    )
  }
  if (sort === 'dormant' || sort === 'unused') {
    return (
      <EmptyState
        icon={<CheckIcon size={22} />}
        title={sort === 'dormant' ? 'Nobody is dormant' : 'All are in use'}
      >
        <p>All known {words[1]} were seen in this time. A shorter time may show more.</p>
      </EmptyState>
    )
  }
  const widest = range.kind === 'past' && range.id === '90d'
  return (
    <EmptyState icon={<ChartIcon size={22} />} title="No queries in this time">
      <p>
        Insights counts the queries of the time above ({describeRange(range, zone)}). As soon as queries are
        recorded, it shows who runs them, on which tables and how well.
      </p>
      <Group justify="center" gap="xs">
        {widest ? null : (
          <Button variant="default" onClick={() => chooseRange({ kind: 'past', id: '90d' })}>
            Look at the past 90 days
          </Button>
        )}
        <Button
          variant="default"
          renderRoot={(props) => <Link {...props} to={paths.auditLog} search={ofEvents} />}
        >
          Open the Audit Log
        </Button>
      </Group>
    </EmptyState>
  )
}
