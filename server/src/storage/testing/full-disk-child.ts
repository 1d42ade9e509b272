/** Fills the disk that the folder is on until not a page is left, then looks what still works. Run by full-disk.test.ts. */
import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openEmbeddedStorage } from '../embedded/open.ts'
import { bytes, register, registration, submission } from './samples.ts'

const [folder = ''] = process.argv.slice(2)
// Nothing is kept free: what the relay refuses in time does happen here.
const storage = await openEmbeddedStorage(join(folder, 'pli.db'), {
  freeBytes: () => Number.POSITIVE_INFINITY,
})
const address = await register(storage, registration('p1'))
let [stored, seen] = [0, 0]

async function submit(): Promise<string> {
  try {
    const content = bytes(60_000)
    const { outcome } = await storage.envelopes.submit(
      submission(address.accountId, { content, key: String(stored) }),
    )
    if (outcome === 'stored') stored += 1
    return outcome
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'no code'
  }
}

async function acknowledgeNext(): Promise<string> {
  const [next] = await storage.envelopes.list(address, {
    afterSequence: seen,
    maxEnvelopes: 1,
    maxBytes: 1e6,
  })
  if (!next) return 'nothing waits'
  try {
    await storage.envelopes.acknowledge(address, [next.sequence])
    seen = next.sequence
    return 'acknowledged'
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'no code'
  }
}

const filler = join(folder, 'filler')
const { bavail, bsize } = statfsSync(folder)
while (stored < 100) await submit()
writeFileSync(filler, Buffer.alloc(bavail * bsize - stored * 130_000))
const outcomes = new Set<string>()
for (let tried = 0; tried < 200; tried += 1) outcomes.add(await submit())
const onFullDisk = new Set<string>()
for (let tried = 0; tried < 20; tried += 1) onFullDisk.add(await acknowledgeNext())
rmSync(filler)
const afterwards = [await submit(), await acknowledgeNext()]
const waiting = await storage.envelopes.queueLength(address)
let listed = 0
for (let after = 0; ; ) {
  const some = await storage.envelopes.list(address, {
    afterSequence: after,
    maxEnvelopes: 10,
    maxBytes: 1e6,
  })
  if (some.length === 0) break
  listed += some.length
  after = some.at(-1)?.sequence ?? after
}
await storage.close()
console.log(
  JSON.stringify({
    outcomes: [...outcomes].sort(),
    onFullDisk: [...onFullDisk],
    afterwards,
    waiting,
    listed,
  }),
)
