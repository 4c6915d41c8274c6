import { Button, Group, Select, TextInput } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { policyTemplates } from './policy-templates.ts'
import classes from './policies.module.css'

type TemplateFormProps = { onUse: (policy: { name: string; text: string }) => void }

/** Makes the text of a policy from a sentence with gaps. */
export function TemplateForm({ onUse }: TemplateFormProps): ReactNode {
  const [id, setId] = useState<string | null>(null)
  const [values, setValues] = useState<Record<string, string>>({})
  const template = policyTemplates.find((one) => one.id === id)
  const isFull = template?.fields.every(({ key }) => (values[key] ?? '').trim() !== '') ?? false
  return (
    <div className={classes.template}>
      <Select
        label="Begin with a template"
        placeholder="Choose what is wanted"
        data={policyTemplates.map((one) => ({ value: one.id, label: one.title }))}
        value={id}
        onChange={setId}
        clearable
        clearButtonProps={{ 'aria-label': 'Take the template away' }}
      />
      {template === undefined ? null : (
        <Group align="flex-end" gap="xs">
          {template.fields.map(({ key, label, example }) => (
            <TextInput
              key={key}
              label={label}
              placeholder={example}
              autoComplete="off"
              value={values[key] ?? ''}
              onChange={(event) => setValues({ ...values, [key]: event.target.value })}
            />
          ))}
          <Button
            variant="default"
            disabled={!isFull}
            onClick={() => onUse({ name: template.name(values), text: template.text(values) })}
          >
            Use it
          </Button>
        </Group>
      )}
    </div>
  )
}
