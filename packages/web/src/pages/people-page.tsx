import type { Person } from '@aleph-audit-log/domain/api/people'
import { ActionIcon, Button, Group, TextInput } from '@mantine/core'
import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { peopleQuery, removePerson } from '../api/people.ts'
import { sessionQuery } from '../api/session.ts'
import { ConfirmModal } from '../ui/confirm-modal.tsx'
import { DataTable, LoadingRows } from '../ui/data-table.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { Hint } from '../ui/hint.tsx'
import { PencilIcon, PeopleIcon, PlusIcon, SearchIcon, TrashIcon } from '../ui/icons.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Panel, SettingsPage } from '../ui/settings-page.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import { findPeople, peopleShownMax } from './find-people.ts'
import { ImportPeopleModal } from './import-people-modal.tsx'
import { PageTabs } from '../ui/page-tabs.tsx'
import classes from './people-page.module.css'
import { PersonModal } from './person-modal.tsx'
import { ServiceAccounts } from './service-accounts.tsx'

/** Who is behind the logins of the databases and the ids of tools. Auditors read it, admins change it. */
export function PeoplePage(): ReactNode {
  const people = useQuery(peopleQuery)
  const queryClient = useQueryClient()
  const { data: session } = useSuspenseQuery(sessionQuery)
  const mayChange = session.user.role === 'admin'
  const [editing, setEditing] = useState<Person | 'new'>()
  const [importing, setImporting] = useState(false)
  const [removing, setRemoving] = useState<Person>()
  const reload = (): Promise<void> => queryClient.invalidateQueries({ queryKey: peopleQuery.queryKey })

  return (
    <SettingsPage
      title="People and logins"
      lead="Who is behind the logins of your databases, so that events name persons and not shared accounts."
      action={
        mayChange ? (
          <Group gap="xs" wrap="nowrap">
            <Button variant="default" onClick={() => setImporting(true)}>
              Import
            </Button>
            <Button leftSection={<PlusIcon />} onClick={() => setEditing('new')}>
              Add a person
            </Button>
          </Group>
        ) : null
      }
    >
      {mayChange ? <PageTabs of="Members and people" /> : null}
      {people.error !== null && people.data === undefined ? (
        <ProblemNote error={people.error} onRetry={() => void people.refetch()} />
      ) : people.data?.length === 0 ? (
        <Panel>
          <EmptyState icon={<PeopleIcon size={22} />} title="Nobody yet">
            <p>
              Add people with their e-mails, database logins and ids in tools, or import them from a CSV file.
            </p>
          </EmptyState>
        </Panel>
      ) : (
        <PeopleTable people={people.data} {...(mayChange && { onEdit: setEditing, onRemove: setRemoving })} />
      )}
      <ServiceAccounts mayChange={mayChange} />
      <PersonModal person={editing} onClose={() => setEditing(undefined)} onSaved={reload} />
      <ImportPeopleModal opened={importing} onClose={() => setImporting(false)} onImported={reload} />
      <ConfirmModal
        opened={removing !== undefined}
        title="Remove the person?"
        confirmLabel="Remove"
        onClose={() => setRemoving(undefined)}
        act={async () => {
          if (removing !== undefined) await removePerson(removing.id)
          await reload()
        }}
      >
        New events no longer name{' '}
        <b>
          <ShownText text={removing?.name ?? ''} />
        </b>{' '}
        for these logins. Events that are in the log stay as they are.
      </ConfirmModal>
    </SettingsPage>
  )
}

type PeopleTableProps = {
  people: readonly Person[] | undefined
  onEdit?: (person: Person) => void
  onRemove?: (person: Person) => void
}

function PeopleTable({ people, onEdit, onRemove }: PeopleTableProps): ReactNode {
  const [search, setSearch] = useState('')
  const found = people === undefined ? [] : findPeople(people, search)
  const shown = found.slice(0, peopleShownMax)
  return (
    <>
      <TextInput
        aria-label="Search people"
        placeholder="Name, e-mail, login, group"
        leftSection={<SearchIcon size={15} />}
        value={search}
        onChange={(event) => setSearch(event.target.value)}
        className={classes.search ?? ''}
        autoComplete="off"
      />
      <Panel>
        <DataTable label="People" headings={['Name', 'Email', 'Logins', 'Ids in tools', 'Groups', '']}>
          {people === undefined ? <LoadingRows columns={6} /> : null}
          {shown.map((person) => (
            <tr key={person.id}>
              <td className={classes.name}>
                <ShownText text={person.name} />
                {person.leftOn === undefined ? null : (
                  <div className={classes.more}>Left on {person.leftOn}</div>
                )}
              </td>
              <td>
                <Lines texts={person.emails} />
              </td>
              <td className={classes.mono}>
                <Lines texts={person.logins} />
              </td>
              <td className={classes.mono}>
                <Lines texts={person.toolIds} />
              </td>
              <td>
                <Lines texts={person.groups} />
              </td>
              <td data-actions>
                {onEdit === undefined ? null : (
                  <Hint label="Edit">
                    <ActionIcon aria-label={`Edit ${person.name}`} onClick={() => onEdit(person)}>
                      <PencilIcon />
                    </ActionIcon>
                  </Hint>
                )}
                {onRemove === undefined ? null : (
                  <Hint label="Remove">
                    <ActionIcon aria-label={`Remove ${person.name}`} onClick={() => onRemove(person)}>
                      <TrashIcon />
                    </ActionIcon>
                  </Hint>
                )}
              </td>
            </tr>
          ))}
          {people !== undefined && found.length === 0 ? (
            <tr>
              <td colSpan={6} className={classes.more}>
                Nobody is found by this.
              </td>
            </tr>
          ) : null}
        </DataTable>
      </Panel>
      {found.length > shown.length ? (
        <p className={classes.rest} role="status">
          {found.length - shown.length} more people: search to see them.
        </p>
      ) : null}
    </>
  )
}

/** So many of a person's logins are shown in the table; the dialog has all. */
const linesMax = 3

function Lines({ texts }: { texts: readonly string[] }): ReactNode {
  if (texts.length === 0) return <span className={classes.more}>–</span>
  return (
    <>
      {texts.slice(0, linesMax).map((text) => (
        <div key={text}>
          <ShownText text={text} />
        </div>
      ))}
      {texts.length > linesMax ? (
        <div className={classes.more}>and {texts.length - linesMax} more</div>
      ) : null}
    </>
  )
}
