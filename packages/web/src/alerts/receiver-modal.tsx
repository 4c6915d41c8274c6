import { receiverKinds, type ReceiverKind } from '@aleph-audit-log/domain/alert-values'
import type {
  ChangeReceiverRequest,
  CreateReceiverRequest,
  Receiver,
} from '@aleph-audit-log/domain/api/alert-receivers'
import { ruleLevels, type RuleLevel } from '@aleph-audit-log/domain/detect/rule'
import { Checkbox, Modal, Select, Stack, Textarea, TextInput } from '@mantine/core'
import { useState, type FormEvent, type ReactNode } from 'react'
import { changeReceiver, createReceiver } from '../api/alert-receivers.ts'
import { FormEnd } from '../pages/integration-form.tsx'
import { ShownOnce } from '../ui/shown-once.tsx'
import { useSubmit } from '../ui/use-submit.ts'
import { wordsForField } from '../ui/words-for-problem.ts'
import { levelWords } from './alert-words.ts'
import { kindWords } from './receiver-card.tsx'

type ReceiverModalProps = {
  /** Closed if absent; `new` for one that is added. */
  edited: Receiver | 'new' | undefined
  onClose: () => void
  onSaved: () => Promise<void>
}

/** Adds or changes a receiver of alerts; the secret of a webhook is shown once. */
export function ReceiverModal({ edited, onClose, onSaved }: ReceiverModalProps): ReactNode {
  const [secret, setSecret] = useState<string>()

  function close(): void {
    setSecret(undefined)
    onClose()
  }

  return (
    <Modal
      opened={edited !== undefined}
      onClose={close}
      title={secret !== undefined ? 'What signs' : edited === 'new' ? 'Add a receiver' : 'Edit the receiver'}
      closeOnClickOutside={false}
    >
      {secret === undefined ? null : (
        <ShownOnce label="Signing secret" text={secret} onDone={close}>
          Give this secret to the program that receives, so that it can check that what comes is from here. It
          is shown only this once.
        </ShownOnce>
      )}
      {edited === undefined || secret !== undefined ? null : (
        <ReceiverForm
          before={edited === 'new' ? undefined : edited}
          onCancel={close}
          onSaved={async (made) => {
            await onSaved()
            if (made === undefined) close()
            else setSecret(made)
          }}
        />
      )}
    </Modal>
  )
}

type Draft = {
  kind: ReceiverKind
  name: string
  levelMin: RuleLevel
  to: string
  url: string
  newSecret: boolean
}

function draftOf(before: Receiver | undefined): Draft {
  if (before === undefined) {
    return { kind: 'email', name: '', levelMin: 'medium', to: '', url: '', newSecret: false }
  }
  const { kind, name, levelMin, to = [] } = before
  return { kind, name, levelMin, to: to.join(', '), url: '', newSecret: false }
}

function addressesOf({ to }: Draft): string[] {
  return to.split(/[\s,;]+/).filter((address) => address !== '')
}

function createRequest(draft: Draft): CreateReceiverRequest {
  const { kind, name, levelMin, url } = draft
  const shared = { name, levelMin, enabled: true }
  return kind === 'email' ? { kind, ...shared, to: addressesOf(draft) } : { kind, ...shared, url }
}

/** What is kept of an address is not shown, so an empty one changes nothing. */
function changeRequest(draft: Draft): ChangeReceiverRequest {
  const { kind, name, levelMin, url, newSecret } = draft
  return {
    name,
    levelMin,
    ...(kind === 'email' && { to: addressesOf(draft) }),
    ...(kind !== 'email' && url.trim() !== '' && { url }),
    ...(kind === 'webhook' && newSecret && { newSecret: true as const }),
  }
}

type ReceiverFormProps = {
  before: Receiver | undefined
  onCancel: () => void
  /** With a secret that was made. */
  onSaved: (secret: string | undefined) => Promise<void>
}

function ReceiverForm({ before, onCancel, onSaved }: ReceiverFormProps): ReactNode {
  const [draft, setDraft] = useState(() => draftOf(before))
  const { busy, error, submit } = useSubmit()
  const change = (more: Partial<Draft>): void => setDraft((now) => ({ ...now, ...more }))

  function send(event: FormEvent): void {
    event.preventDefault()
    void submit(async () => {
      const { secret } =
        before === undefined
          ? await createReceiver(createRequest(draft))
          : await changeReceiver(before.id, changeRequest(draft))
      await onSaved(secret)
    })
  }

  return (
    <form onSubmit={send} noValidate>
      <Stack gap="md">
        {before === undefined ? (
          <Select
            label="Kind"
            data={receiverKinds.map((kind) => ({ value: kind, label: kindWords[kind] }))}
            value={draft.kind}
            onChange={(chosen) => change({ kind: receiverKinds.find((kind) => kind === chosen) ?? 'email' })}
          />
        ) : null}
        <TextInput
          label="Name"
          placeholder="Security on call"
          required
          withAsterisk={false}
          data-autofocus
          autoComplete="off"
          value={draft.name}
          onChange={(event) => change({ name: event.target.value })}
          error={wordsForField(error, 'name')}
        />
        <AddressField draft={draft} change={change} error={error} before={before} />
        <Select
          label="Alerts"
          data={ruleLevels.map((level) => ({
            value: level,
            label: level === 'critical' ? 'Critical' : `${levelWords[level]} and above`,
          }))}
          value={draft.levelMin}
          onChange={(chosen) =>
            change({ levelMin: ruleLevels.find((level) => level === chosen) ?? 'medium' })
          }
        />
        <FormEnd
          error={error}
          fields={['to', 'url']}
          busy={busy}
          isNew={before === undefined}
          onCancel={onCancel}
        />
      </Stack>
    </form>
  )
}

type AddressFieldProps = {
  draft: Draft
  change: (more: Partial<Draft>) => void
  error: unknown
  before: Receiver | undefined
}

function AddressField({ draft, change, error, before }: AddressFieldProps): ReactNode {
  if (draft.kind === 'email') {
    return (
      <Textarea
        label="To"
        description="E-mail addresses, with commas between them"
        autosize
        minRows={1}
        maxRows={5}
        value={draft.to}
        onChange={(event) => change({ to: event.target.value })}
        error={wordsForField(error, 'to')}
      />
    )
  }
  return (
    <>
      <TextInput
        label="Address"
        description={
          draft.kind === 'slack'
            ? 'Of an incoming webhook; it is kept encrypted and not shown again'
            : 'Gets a signed POST for each step of an alert; it is kept encrypted and not shown again'
        }
        placeholder={before === undefined ? 'https://' : `Kept, on ${before.host ?? ''}; type to replace it`}
        autoComplete="off"
        spellCheck={false}
        value={draft.url}
        onChange={(event) => change({ url: event.target.value })}
        error={wordsForField(error, 'url')}
      />
      {draft.kind === 'webhook' && before !== undefined ? (
        <Checkbox
          label="Make a new signing secret"
          description="The old one ends at once"
          checked={draft.newSecret}
          onChange={(event) => change({ newSecret: event.currentTarget.checked })}
        />
      ) : null}
    </>
  )
}
