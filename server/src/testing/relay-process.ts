/** Serves a test relay's folder in a process of its own, which a test then kills. Prints its address. */
import { TestRelay } from './test-relay.ts'

const [folder = ''] = process.argv.slice(2)
const relay = await TestRelay.start({ folder })
process.stdout.write(`${relay.running.url}\n`)
