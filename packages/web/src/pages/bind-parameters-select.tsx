import { bindParameterModes, type BindParameters } from '@aleph-audit-log/domain/secrets/mask-bind'
import { CheckIcon, Select } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './role-select.module.css'

const names: Record<BindParameters, string> = {
  none: 'None',
  types: 'Types and lengths',
  masked: 'Masked',
  full: 'In full',
}

const meanings: Record<BindParameters, string> = {
  none: 'The values are removed; the event says that there were some.',
  types: 'Of each value its type and length: no event can tell which customer was read.',
  masked: 'Values are kept; tokens, and all values of statements with a secret, are masked.',
  full: 'Values are kept as they were sent, secrets included.',
}

const options = bindParameterModes.map((mode) => ({ value: mode, label: names[mode] }))

type BindParametersSelectProps = { value: BindParameters; onChange: (mode: BindParameters) => void }

/** Chooses what of bind values is recorded; the list says what each choice means. */
export function BindParametersSelect({ value, onChange }: BindParametersSelectProps): ReactNode {
  return (
    <Select
      w={190}
      aria-label="Bind parameters"
      data={options}
      value={value}
      allowDeselect={false}
      comboboxProps={{ width: 'min(410px, calc(100vw - 24px))', position: 'bottom-end' }}
      maxDropdownHeight={320}
      renderOption={({ option, checked }) => (
        <span className={classes.option}>
          <span className={classes.texts}>
            <span className={classes.name}>{option.label}</span>
            <span className={classes.meaning}>{meanings[option.value]}</span>
          </span>
          {checked === true ? <CheckIcon size={12} /> : null}
        </span>
      )}
      onChange={(chosen) => {
        if (chosen !== null && chosen !== value) onChange(chosen)
      }}
    />
  )
}
