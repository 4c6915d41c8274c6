import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { toolTitle } from '@aleph-audit-log/domain/attribution/known-tools'
import type { Actor, Attribution, AttributionFacts } from '@aleph-audit-log/domain/event'
import { Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'
import { paths } from '../paths.ts'
import { ShownText } from '../ui/shown-text.tsx'
import { actorTypeNames } from './actor-types.ts'
import { Fact, TextFact } from './event-fact.tsx'
import { cellTerms, valueTerms } from './cell-terms.ts'
import classes from './event-facts.module.css'
import { actorName, dataText } from './event-texts.ts'
import { personIdOf } from './person-id.ts'
import { safeLink } from './safe-link.ts'
import { UsageLink } from './usage-link.tsx'

const trustNames: Record<Attribution['trust'], { word: string; meaning: string }> = {
  asserted: {
    word: 'Asserted',
    meaning: 'Said by the sender or in a comment, and not checked: anybody can type a comment.',
  },
  trusted: {
    word: 'Trusted',
    meaning: "Said by the tool itself, through a database login that an admin registered as this tool's.",
  },
  proven: { word: 'Proven', meaning: 'The database itself authenticated this person.' },
}

/** Who acted, and how that is known: the person, the tool in between, the login of the database. */
export function WhoFacts({ event }: { event: PublicEvent }): ReactNode {
  const { actor, attribution } = event
  return (
    <>
      {attribution === undefined ? null : <Summary event={event} attribution={attribution} />}
      <NameFact actor={actor} />
      <TextFact label="Email" text={actor.email} qualifier="email" />
      <Fact label="Actor">
        {actorTypeNames[actor.type]}
        {actor.id === undefined ? null : (
          <span className={classes.more}>
            {' '}
            <ShownText text={actor.id} />
          </span>
        )}
      </Fact>
      {attribution?.tool === undefined ? null : (
        <Fact label="Tool" terms={cellTerms('tool', event, 'utc')}>
          <ShownText text={toolTitle(attribution.tool)} />
        </Fact>
      )}
      <TextFact
        label="Database login"
        text={attribution?.login ?? dataText(event, 'login')}
        qualifier="login"
      />
      <TextFact label="Claimed as" text={identityText(attribution?.claimed)} />
      <TextFact label="Sent as" text={identityText(attribution?.sent)} />
      {attribution?.facts === undefined ? null : <ToolFacts facts={attribution.facts} />}
    </>
  )
}

/** The name of who acted, which leads to what else they do. */
function NameFact({ actor }: { actor: Actor }): ReactNode {
  const { name } = actor
  if (name === undefined || name === '') return null
  return (
    <Fact label="Name" terms={valueTerms('Name', 'actor', name)}>
      <UsageLink
        to={paths.insightsPerson}
        params={{ personId: personIdOf(actor) }}
        title="What they work with, and how much"
      >
        <ShownText text={name} />
      </UsageLink>
    </Fact>
  )
}

type Identity = { name?: string | undefined; email?: string | undefined; id?: string | undefined }

function identityText(identity: Identity | undefined): string {
  return [identity?.name, identity?.email, identity?.id].filter((text) => text !== undefined).join(', ')
}

/** "Ann Lee via Metabase, as svc_bi", with how sure that is. */
function Summary({ event, attribution }: { event: PublicEvent; attribution: Attribution }): ReactNode {
  const { tool, login, trust } = attribution
  const { word, meaning } = trustNames[trust]
  const name = actorName(event)
  return (
    <Fact label="Who">
      <ShownText text={name} />
      {tool === undefined ? null : (
        <>
          {' via '}
          <ShownText text={toolTitle(tool)} />
        </>
      )}
      {login === undefined || login === name ? null : (
        <>
          {', as '}
          <span className={classes.mono}>
            <ShownText text={login} />
          </span>
        </>
      )}{' '}
      <Tooltip label={meaning} multiline w={280} events={{ hover: true, focus: true, touch: true }}>
        <button type="button" className={classes.trust} data-trust={trust} aria-label={`${word}. ${meaning}`}>
          {word}
        </button>
      </Tooltip>
    </Fact>
  )
}

type TextFactName = Exclude<keyof AttributionFacts, 'scheduled' | 'notebook' | 'link'>

const factLabels: Record<TextFactName, string> = {
  application: 'Sent by',
  dashboard: 'Dashboard',
  question: 'Question',
  query: 'Saved query',
  model: 'dbt model',
  project: 'Project',
  target: 'Target',
  queryType: 'Query type',
  queryHash: 'Query hash',
  execution: 'Run',
  instance: 'Instance',
  framework: 'Framework',
  controller: 'Controller',
  action: 'Action',
  route: 'Route',
  trace: 'Trace',
}
const identifiers: ReadonlySet<TextFactName> = new Set([
  'model',
  'queryHash',
  'execution',
  'instance',
  'trace',
])

/** What the tool told beside who asked. */
function ToolFacts({ facts }: { facts: AttributionFacts }): ReactNode {
  // Object.keys cannot tell the type of the keys of the record above.
  const names = Object.keys(factLabels) as TextFactName[]
  return (
    <>
      <LinkFact label="Notebook" address={facts.notebook} />
      <LinkFact label="Link" address={facts.link} />
      {facts.scheduled === undefined ? null : (
        <Fact label="Scheduled">{facts.scheduled ? 'Yes: run by the clock' : 'No: somebody ran it'}</Fact>
      )}
      {names.map((name) => (
        <TextFact
          key={name}
          label={factLabels[name]}
          text={facts[name]}
          {...(identifiers.has(name) ? { mono: true } : {})}
        />
      ))}
    </>
  )
}

/** An address that a tool gave: it is followed only if it leads to a page, and learns nothing of this one. */
function LinkFact({ label, address }: { label: string; address: string | undefined }): ReactNode {
  const href = safeLink(address)
  if (address === undefined) return null
  if (href === undefined) return <TextFact label={label} text={address} />
  return (
    <Fact label={label}>
      <a href={href} target="_blank" rel="noopener noreferrer nofollow">
        <ShownText text={address} />
      </a>
    </Fact>
  )
}
