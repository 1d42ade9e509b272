// Writes the sandbox's people, one JSON object a line, until they have so many roles: the register that a measured
// process reads. In a process of its own, so that making people is no part of what is measured.
// Not concerned with measuring.

import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { openSandboxRegister } from '../src/sandbox/generate.ts'

const SEED = 1
const PEOPLE_AT_ONCE = 500

const [file = '', roles = '0'] = process.argv.slice(2)
const out = createWriteStream(file)
let [made, waiting]: [number, string[]] = [0, []]
const write = async () => {
  const text = `${waiting.join('\n')}\n`
  waiting = []
  if (!out.write(text)) await once(out, 'drain')
}
for (const { person } of openSandboxRegister(SEED).people()) {
  // As a register's people have one: the look-up by it is part of the index.
  waiting.push(JSON.stringify({ ...person, ssinHmac: inventHmac(made) }))
  made += person.roles.length
  if (waiting.length >= PEOPLE_AT_ONCE) await write()
  if (made >= Number(roles)) break
}
if (waiting.length > 0) await write()
out.end()
await once(out, 'finish')

/** 43 characters that are nobody's: computing a million HMACs would only take time. */
function inventHmac(number: number): string {
  return number.toString(36).padStart(43, 'A')
}
