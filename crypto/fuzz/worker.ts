/** The part of the run that may hang or use up its memory: in a thread that `run.ts` can end. */
import { parentPort, workerData } from 'node:worker_threads'
import { fuzz } from './engine.ts'
import { makeTargets } from './targets/index.ts'
import { type FuzzOrders, writeInput } from './watch.ts'

const { seed, seconds, shared } = workerData as FuzzOrders

const targets = await makeTargets(seed)
const report = await fuzz(targets, {
  seed,
  seconds,
  onInput: (target, input) => writeInput(shared, target, input),
})
parentPort?.postMessage(report)
