import type { PostgresGatewaySettings } from '@aleph-audit-log/domain/api/integrations'
import { Modal, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { CodeBlock } from '../ui/code-block.tsx'
import { gatewayInstructions } from './gateway-instructions.ts'
import classes from './integration-form.module.css'

type GatewayConnectModalProps = {
  name: string
  settings: PostgresGatewaySettings
  opened: boolean
  onClose: () => void
}

/** What to change in clients: the address, and nothing else. */
export function GatewayConnectModal({
  name,
  settings,
  opened,
  onClose,
}: GatewayConnectModalProps): ReactNode {
  return (
    <Modal opened={opened} onClose={onClose} title={`Connect through ${name}`} size={680}>
      <p className={classes.hint}>
        Give clients the address of the gateway instead of the server’s. Logins, passwords and databases stay
        as they are.
      </p>
      <Stack gap="md">
        {gatewayInstructions(settings).map(({ tool, text }) => (
          <div key={tool}>
            <div className={classes.label}>{tool}</div>
            <CodeBlock label={`${tool} settings`} text={text} />
          </div>
        ))}
      </Stack>
    </Modal>
  )
}
