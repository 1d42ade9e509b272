/** Project Wycheproof's AES-GCM vectors against both ciphers that a chunk may meet. They lie beside the repository. */
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { hexToBytes } from '../primitives/bytes.ts'
import { createChunkCipher } from './chunk-cipher.ts'

interface VectorFile {
  testGroups: {
    ivSize: number
    keySize: number
    tagSize: number
    tests: {
      tcId: number
      key: string
      iv: string
      aad: string
      msg: string
      ct: string
      tag: string
      result: 'valid' | 'invalid'
    }[]
  }[]
}

const file = new URL('../../../../shared/vectors/aes_gcm_test.json', import.meta.url)
const present = existsSync(file)

function vectors(): VectorFile['testGroups'][number]['tests'] {
  const parsed = JSON.parse(readFileSync(file, 'utf8')) as VectorFile
  const ours = parsed.testGroups.filter(
    (group) => group.keySize === 256 && group.ivSize === 96 && group.tagSize === 128,
  )
  return ours.flatMap((group) => group.tests)
}

describe.skipIf(!present)(
  `Wycheproof AES-256-GCM (${present ? 'found' : 'absent: no folder shared/vectors'})`,
  () => {
    it.each(['WebCrypto', 'noble'])('%s opens what is valid and refuses what is not', async (engine) => {
      const tests = vectors()
      expect(tests.length).toBeGreaterThan(50)
      for (const test of tests) {
        const key = hexToBytes(test.key)
        const cipher = await (engine === 'noble' ? createChunkCipher(key, null) : createChunkCipher(key))
        const [nonce, associatedData] = [hexToBytes(test.iv), hexToBytes(test.aad)]
        const sealed = hexToBytes(test.ct + test.tag)
        const opened = cipher.open(sealed, nonce, associatedData)
        if (test.result === 'valid') {
          expect(await opened, `case ${test.tcId}`).toEqual(hexToBytes(test.msg))
          expect(await cipher.seal(hexToBytes(test.msg), nonce, associatedData)).toEqual(sealed)
        } else {
          await expect(opened, `case ${test.tcId}`).rejects.toMatchObject({ code: 'attachment_tampered' })
        }
      }
    })
  },
)
