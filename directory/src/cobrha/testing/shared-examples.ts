// The schema-valid example documents, where they are at hand: they lie beside the project, not in it.
// Not concerned with what a test does without them: it says so and goes on with generated documents.

import { existsSync, readFileSync } from 'node:fs'

const FOLDER = new URL('../../../../../shared/domain/', import.meta.url)

/** undefined, after saying so, if the examples are not here */
export function readExample(name: string): string | undefined {
  const file = new URL(name, FOLDER)
  if (existsSync(file)) return readFileSync(file, 'utf8')
  console.warn(`${name} is not here: only generated documents are tested.`)
  return undefined
}
