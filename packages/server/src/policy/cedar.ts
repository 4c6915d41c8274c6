import { createRequire } from 'node:module'
import { setFlagsFromString } from 'node:v8'
import type * as cedarModule from '@cedar-policy/cedar-wasm/nodejs'

type Cedar = typeof cedarModule

const require = createRequire(import.meta.url)
const name = '@cedar-policy/cedar-wasm/nodejs'
let loaded: Cedar | undefined
let generation = 0

/** Counts the times that Cedar was begun anew: what it was told to keep before is gone. */
export function cedarGeneration(): number {
  return generation
}

/**
 * Calls Cedar, which is compiled when it is first needed: who has no policies does not pay for it. A call is synchronous and
 * takes up to some milliseconds. Undefined where it breaks down, above all at a text that is nested more deeply than its
 * stack is: it cannot be trusted any more then, so the next call begins a new one.
 */
export function callCedar<T>(call: (cedar: Cedar) => T): T | undefined {
  // What is required is what its types describe. `import` would make everything that judges wait for it.
  loaded ??= load()
  try {
    return call(loaded)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    loaded = undefined
    generation++
    delete require.cache[require.resolve(name)]
    return undefined
  }
}

/**
 * V8 of Node 20 ends the process when a function is deoptimised into which a call of WebAssembly that gives back a reference was
 * inlined (`Deoptimizer::TranslatedValueForWasmReturnKind` knows numbers alone). Cedar's calls are such, and become hot while many
 * events come in. Without inlining the same calls take some nanoseconds more.
 */
function load(): Cedar {
  if (process.versions.v8.startsWith('11.')) setFlagsFromString('--no-turbo-inline-js-wasm-calls')
  return require(name) as Cedar
}
