import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import type { ReactNode } from 'react'
import { ShownText } from '../ui/shown-text.tsx'
import { valueTerms } from './cell-terms.ts'
import { Fact } from './event-fact.tsx'
import classes from './event-facts.module.css'
import { policyWords } from './event-texts.ts'
import { ValueActions } from './value-actions.tsx'

/** What policies decided of an event, and the tags of what it touched. */
export function PolicyFacts({ event: { policy, tags = [] } }: { event: PublicEvent }): ReactNode {
  return (
    <>
      {policy === undefined ? null : (
        <Fact label="Policies" terms={valueTerms('Policies', 'policy', policy.decision)}>
          {policyWords[policy.decision]}
          <NameList label="Policy" qualifier="policy" names={policy.policies} />
        </Fact>
      )}
      {tags.length === 0 ? null : (
        <Fact label="Tags">
          <NameList label="Tag" qualifier="tag" names={tags} />
        </Fact>
      )}
    </>
  )
}

type NameListProps = { label: string; qualifier: string; names: readonly string[] }

function NameList({ label, qualifier, names }: NameListProps): ReactNode {
  if (names.length === 0) return null
  return (
    <ul className={classes.tables}>
      {names.map((name) => {
        const terms = valueTerms(label, qualifier, name)
        return (
          <li key={name} className={classes.tableRow}>
            <span className={classes.tableName}>
              <ShownText text={name} />
            </span>
            {terms === undefined ? null : (
              <span className={classes.actions}>
                <ValueActions {...terms} />
              </span>
            )}
          </li>
        )
      })}
    </ul>
  )
}
