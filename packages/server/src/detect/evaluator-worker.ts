import { parentPort } from 'node:worker_threads'
import { serveEvaluators } from './serve-evaluators.ts'

// The program of a worker thread: see EvaluatorThread.
if (parentPort === null) throw new Error('Runs as a worker thread only')
serveEvaluators(parentPort)
// Whoever sent it would wait for an answer for ever.
parentPort.on('messageerror', (error) => {
  throw error
})
