import { expect, test } from 'vitest'
import { isSatisfied, nodeComplaint } from './prepare.mjs'

test.each(['20.19.0', '20.20.2', '22.12.0', '22.20.1', '24.0.0'])(
  'Node %s may run the product',
  (version) => {
    expect(nodeComplaint(version)).toBeUndefined()
  },
)

test.each(['18.20.4', '20.18.3', '21.7.0', '22.11.0'])(
  'Node %s is refused with what is needed',
  (version) => {
    expect(nodeComplaint(version)).toContain(`Node 20.19 or newer`)
    expect(nodeComplaint(version)).toContain(`this is Node ${version}`)
  },
)

const zod = { version: '4.6.7', integrity: 'sha512-a' }
const forMac = { version: '1.0.0', integrity: 'sha512-b', optional: true, os: ['darwin'], cpu: ['arm64'] }
const forLinux = { version: '1.0.0', integrity: 'sha512-c', optional: true, os: ['linux'], cpu: ['x64'] }
const wanted = {
  packages: {
    '': { version: '0.1.0' },
    'packages/domain': { version: '0.1.0' },
    'node_modules/@aleph-audit-log/domain': { link: true },
    'node_modules/zod': zod,
    'node_modules/engine-mac': forMac,
    'node_modules/engine-linux': forLinux,
  },
}
const link = { 'node_modules/@aleph-audit-log/domain': { link: true } }

test('an installation for this platform is enough', () => {
  const present = { packages: { ...link, 'node_modules/zod': zod, 'node_modules/engine-linux': forLinux } }
  expect(isSatisfied(wanted, present, 'linux', 'x64')).toBe(true)
})

test.each([
  { name: 'a missing package', packages: { ...link } },
  { name: 'a missing workspace', packages: { 'node_modules/zod': zod } },
  { name: 'another version', packages: { ...link, 'node_modules/zod': { ...zod, version: '4.6.6' } } },
  { name: 'other content', packages: { ...link, 'node_modules/zod': { ...zod, integrity: 'sha512-x' } } },
  {
    name: 'another version of an optional package',
    packages: {
      ...link,
      'node_modules/zod': zod,
      'node_modules/engine-linux': { ...forLinux, version: '0.9.0' },
    },
  },
  {
    name: "another platform's binaries",
    packages: { ...link, 'node_modules/zod': zod, 'node_modules/engine-mac': forMac },
  },
])('an installation with $name is made anew', ({ packages }) => {
  expect(isSatisfied(wanted, { packages }, 'linux', 'x64')).toBe(false)
})
