import type { Integration, IntegrationKind } from '@aleph-audit-log/domain/api/integrations'
import { Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { PostgresGatewayForm } from './postgres-gateway-form.tsx'
import { PostgresLogForm } from './postgres-log-form.tsx'

/** What is edited: an integration, or a new one of a kind. */
export type Editing = Integration | { kind: IntegrationKind; id?: never }

const titles: Record<IntegrationKind, string> = {
  postgres_log: 'PostgreSQL log',
  postgres_gateway: 'PostgreSQL gateway',
}

type IntegrationModalProps = {
  /** Closed if absent. */
  editing: Editing | undefined
  onClose: () => void
  onSaved: () => Promise<void>
}

/** Adds or changes an integration. */
export function IntegrationModal({ editing, onClose, onSaved }: IntegrationModalProps): ReactNode {
  const title =
    editing === undefined ? '' : `${editing.id === undefined ? 'Add a' : 'Edit the'} ${titles[editing.kind]}`
  return (
    <Modal
      opened={editing !== undefined}
      onClose={onClose}
      title={title}
      size={680}
      closeOnClickOutside={false}
    >
      {editing === undefined ? null : (
        <FormOfKind
          editing={editing}
          onCancel={onClose}
          onSaved={async () => {
            await onSaved()
            onClose()
          }}
        />
      )}
    </Modal>
  )
}

type FormOfKindProps = { editing: Editing; onCancel: () => void; onSaved: () => Promise<void> }

function FormOfKind({ editing, ...rest }: FormOfKindProps): ReactNode {
  switch (editing.kind) {
    case 'postgres_log':
      return <PostgresLogForm before={editing.id === undefined ? undefined : editing} {...rest} />
    case 'postgres_gateway':
      return <PostgresGatewayForm before={editing.id === undefined ? undefined : editing} {...rest} />
  }
}
