/** The page of the Chromium tests: the real page side in front of a real module worker. */
import { connectPli } from '../connect.ts'

const worker = new Worker(new URL('./chromium-worker.ts', import.meta.url), { type: 'module' })
Object.assign(globalThis, { pli: connectPli(worker) })
