import type { Role } from '@aleph-audit-log/domain/api/access'
import { roles } from '@aleph-audit-log/domain/roles'
import { CheckIcon, Select } from '@mantine/core'
import type { ReactNode } from 'react'
import { roleMeanings, roleNames } from '../ui/role-names.ts'
import classes from './role-select.module.css'

const options = roles.map((role) => ({ value: role, label: roleNames[role] }))

type RoleSelectProps = { label: string; role: Role; onChange: (role: Role) => void }

/** Chooses a role; the list says of each what it may do. */
export function RoleSelect({ label, role, onChange }: RoleSelectProps): ReactNode {
  return (
    <Select
      size="xs"
      w={112}
      aria-label={label}
      data={options}
      value={role}
      allowDeselect={false}
      // Each role with its one line; on a phone it takes two.
      comboboxProps={{ width: 'min(410px, calc(100vw - 24px))', position: 'bottom-start' }}
      maxDropdownHeight={320}
      renderOption={({ option, checked }) => (
        <span className={classes.option}>
          <span className={classes.texts}>
            <span className={classes.name}>{option.label}</span>
            <span className={classes.meaning}>{roleMeanings[option.value]}</span>
          </span>
          {checked === true ? <CheckIcon size={12} /> : null}
        </span>
      )}
      onChange={(chosen) => {
        if (chosen !== null && chosen !== role) onChange(chosen)
      }}
    />
  )
}
