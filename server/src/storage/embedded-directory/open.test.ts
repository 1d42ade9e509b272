import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeDirectoryStore } from '@pli/directory/store/suite'
import { openEmbeddedDirectory } from './open.ts'

let folder: string | undefined

describeDirectoryStore('the embedded directory', {
  async open() {
    folder ??= await mkdtemp(join(tmpdir(), 'pli-directory-'))
    return openEmbeddedDirectory(folder)
  },
  async clean() {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
    folder = undefined
  },
})
