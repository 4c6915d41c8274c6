// `npm run build`: builds what is stale; `npm run build -- --force` builds everything anew.
import { build, install } from './prepare.mjs'

const ready = install() && (await build({ force: process.argv.includes('--force') }))
process.exitCode = ready ? 0 : 1
