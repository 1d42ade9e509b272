/** A relay for these tests: the product's own, on a free port and a folder that is thrown away. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TestDevice } from '@pli/client/testing'
import type { PersonId } from '@pli/protocol/wire'
import { readConfig, startRelay } from '@pli/server'

export interface TestRelay {
  readonly url: string
  /** Registers a device of a demo person, by slug. */
  device(slug: string, options?: Partial<Parameters<typeof TestDevice.register>[0]>): Promise<TestDevice>
  personId(slug: string): PersonId
  /** A fresh single-use code. */
  code(slug: string): Promise<string>
  /** Ends; what it returns brings it back on the same port and folder. */
  stop(): Promise<() => Promise<void>>
  /** Ends and comes back on the same port and folder. */
  restart(downForMs?: number): Promise<void>
  close(): Promise<void>
}

export async function startTestRelay(): Promise<TestRelay> {
  const dataDir = await mkdtemp(join(tmpdir(), 'pli-client-test-'))
  const start = (port: number) =>
    startRelay(
      readConfig({
        PLI_MODE: 'sandbox',
        PORT: String(port),
        DATA_DIR: dataDir,
        SANDBOX_PEOPLE: '200',
        RATE_LIMIT_FACTOR: '1000',
        LOG_LEVEL: 'silent',
      }),
    )
  let running = await start(0)
  const { url, port, demoPeople } = running
  const personId = (slug: string) => {
    const person = demoPeople.find((one) => one.slug === slug)
    if (person === undefined) throw new Error(`the sandbox has no ${slug}`)
    return person.personId
  }
  const stop = async () => {
    await running.close()
    return async () => {
      running = await start(port)
    }
  }
  return {
    url,
    personId,
    code: async (slug) => (await running.issueOperatorCode(slug)).code,
    device: async (slug, options = {}) => {
      const { code } = await running.issueOperatorCode(slug)
      return TestDevice.register({ relayUrl: url, personId: personId(slug), code, ...options })
    },
    stop,
    restart: async (downForMs = 0) => {
      const comeBack = await stop()
      await new Promise((resolve) => setTimeout(resolve, downForMs))
      await comeBack()
    },
    close: async () => {
      await running.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
