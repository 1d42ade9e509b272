/**
 * Purpose: `npm run directory:search`: in the register that was taken in, where there is one, else among invented people.
 * Not concerned with what is printed (`searchInTerminal`).
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  type AskedSandbox,
  createDirectoryIndex,
  type DirectoryIndex,
  searchInTerminal,
} from '@pli/directory'
import { generateSandbox } from '@pli/directory/sandbox'
import { withSecretFiles } from '../secret-files.ts'
import { readPeople } from './read-people.ts'

const USUAL: AskedSandbox = { people: 20_000, seed: 1 }

const { DATA_DIR: dataDir = '.data', MONGODB_URI: mongodbUri } = withSecretFiles(process.env)

async function open(asked: AskedSandbox | undefined): Promise<DirectoryIndex> {
  const hasRegister = mongodbUri !== undefined || existsSync(join(dataDir, 'directory.db'))
  if (asked === undefined && hasRegister) {
    const { index, version } = await readPeople({ kind: 'store', dataDir, mongodbUri })
    if (version !== undefined) {
      console.error(`In the register that was taken in: ${index.personCount} people.`)
      return index
    }
  }
  const { people, seed } = asked ?? USUAL
  console.error(`Among ${people} invented people; npm run directory:sync takes a register in.`)
  return createDirectoryIndex(generateSandbox({ people, seed }).people)
}

process.exitCode = await searchInTerminal(process.argv.slice(2), open)
