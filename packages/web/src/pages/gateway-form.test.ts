import { expect, test } from 'vitest'
import { readGatewayFields, toGatewayFields } from './gateway-form.ts'
import { gatewayInstructions } from './gateway-instructions.ts'

const fields = { ...toGatewayFields(undefined), serverHost: ' db.acme.test ', listenPort: '7000' }

test('what is typed becomes settings, and settings become what was typed', () => {
  const settings = readGatewayFields({
    ...fields,
    clientTls: 'required',
    certificateFile: '/etc/gateway.crt',
    keyFile: '/etc/gateway.key',
  })
  expect(settings).toEqual({
    listenHost: '127.0.0.1',
    listenPort: 7000,
    serverHost: 'db.acme.test',
    serverPort: 5432,
    mode: 'observe',
    clientTls: 'required',
    certificateFile: '/etc/gateway.crt',
    keyFile: '/etc/gateway.key',
    clientCertificate: 'none',
    serverTls: 'off',
    replication: 'refuse',
  })
  expect(readGatewayFields(toGatewayFields(settings))).toEqual(settings)
})

test('files of a TLS that is off are left out, and what is no port is told as none', () => {
  const settings = readGatewayFields({
    ...fields,
    certificateFile: '/x',
    clientCertificate: 'verify-ca',
    clientCaFile: '/y',
    serverCaFile: '/z',
    serverPort: '5432x',
  })
  expect(settings).not.toHaveProperty('certificateFile')
  expect(settings).not.toHaveProperty('serverCaFile')
  expect(settings).toMatchObject({ clientCertificate: 'none', serverPort: 0 })
})

test('instructions name an address that a client can reach', () => {
  const [psql, jdbc] = gatewayInstructions(readGatewayFields({ ...fields, listenHost: '::1' }))
  expect(psql?.text).toBe('psql "host=::1 port=7000 dbname=DATABASE user=LOGIN sslmode=disable"')
  expect(jdbc?.text).toBe('jdbc:postgresql://[::1]:7000/DATABASE?sslmode=disable')
  const everywhere = gatewayInstructions(
    readGatewayFields({ ...fields, listenHost: '0.0.0.0', clientTls: 'optional' }),
  )
  expect(everywhere[0]?.text).toContain('host=NAME-OF-THIS-MACHINE')
  expect(everywhere[0]?.text).toContain('sslmode=require')
})
