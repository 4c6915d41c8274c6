import type { View } from '@aleph-audit-log/domain/api/views'
import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useState, type ReactNode } from 'react'
import { changeView, deleteView, viewsQuery } from '../api/views.ts'
import { ConfirmModal } from '../ui/confirm-modal.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import { showDone, showProblem } from '../ui/show-problem.ts'
import type { EventSearchParams } from './event-search.ts'
import { useDialog } from '../ui/use-dialog.ts'
import { useColumns } from './use-columns.ts'
import type { EditedView } from './view-modal.tsx'
import { isSameView, paramsOfView, viewStateOf, withoutView } from './view-state.ts'
import classes from './views-bar.module.css'
import { ViewsMenu } from './views-menu.tsx'

// Seldom needed, and a form takes much of what the first view may take.
const ViewModal = lazy(async () => ({ default: (await import('./view-modal.tsx')).ViewModal }))

type ViewsBarProps = {
  params: EventSearchParams
  /** A search that cannot be read cannot be kept. */
  valid: boolean
  onShow: (params: EventSearchParams) => void
}

/** The views beside the page's title: which one is open, whether the page was changed since, and saving it. */
export function ViewsBar({ params, valid, onShow }: ViewsBarProps): ReactNode {
  const queryClient = useQueryClient()
  const { data: views } = useQuery(viewsQuery)
  const { state: columns } = useColumns()
  const [edited, setEdited] = useState<EditedView>()
  const [deleting, setDeleting] = useState<View>()
  const deletion = useDialog()
  const [saving, setSaving] = useState(false)
  const current = params.view === undefined ? undefined : views?.find(({ id }) => id === params.view)
  const shown = viewStateOf(params, columns.visible)
  const isChanged = current !== undefined && !isSameView(shown, current.state)
  const reload = (): Promise<void> => queryClient.invalidateQueries({ queryKey: viewsQuery.queryKey })
  const saveNew = (): void =>
    setEdited({ kind: 'new', name: current === undefined ? '' : `${current.name} (2)`, state: shown })

  async function save(view: View): Promise<void> {
    setSaving(true)
    try {
      await changeView(view.id, { state: shown })
      await reload()
      showDone(`Saved ${view.name}.`)
    } catch (error) {
      showProblem(error)
    } finally {
      setSaving(false)
    }
  }

  return (
    <div className={classes.bar}>
      <ViewsMenu
        current={current}
        onOpen={(view) => onShow(paramsOfView(view.state, params, view.id))}
        onEdit={(view) => setEdited({ kind: 'old', view })}
        onDelete={(view) => {
          setDeleting(view)
          deletion.open()
        }}
        onSaveNew={saveNew}
        onLeave={params.view === undefined ? undefined : () => onShow(withoutView(params))}
      />
      {current !== undefined ? null : (
        <Button variant="subtle" color="gray" size="compact-sm" disabled={!valid} onClick={saveNew}>
          Save view
        </Button>
      )}
      <span role="status">{isChanged ? <span className={classes.changed}>Changed</span> : null}</span>
      {isChanged ? (
        <>
          {current.mayChange ? (
            <Button
              variant="subtle"
              size="compact-sm"
              disabled={!valid}
              loading={saving}
              onClick={() => void save(current)}
            >
              Save
            </Button>
          ) : null}
          <Button variant="subtle" size="compact-sm" disabled={!valid} onClick={saveNew}>
            Save as
          </Button>
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            onClick={() => onShow(paramsOfView(current.state, params, current.id))}
          >
            Reset
          </Button>
        </>
      ) : null}
      <Suspense>
        {edited === undefined ? null : (
          <ViewModal
            edited={edited}
            onClose={() => setEdited(undefined)}
            onSaved={async (view) => {
              const isNew = edited.kind === 'new'
              setEdited(undefined)
              await reload()
              if (isNew) onShow(paramsOfView(view.state, params, view.id))
            }}
          />
        )}
      </Suspense>
      {deletion.isUsed ? (
        <ConfirmModal
          opened={deletion.opened}
          title="Delete the view?"
          confirmLabel="Delete"
          onClose={deletion.close}
          act={async () => {
            if (deleting === undefined) return
            await deleteView(deleting.id)
            if (deleting.id === params.view) onShow(withoutView(params))
            await reload()
          }}
        >
          <b>
            <ShownText text={deleting?.name ?? ''} />
          </b>
          {deleting?.shared === true
            ? ' is gone for everybody of the workspace. The events stay.'
            : ' is gone. The events stay.'}
        </ConfirmModal>
      ) : null}
    </div>
  )
}
