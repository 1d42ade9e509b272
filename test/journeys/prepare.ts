/**
 * Before any journey: a browser is there, the apps are built from the present sources, and old pictures are gone.
 * With WEB_DIST and PHONE_DIST set, apps built elsewhere are tried as they are.
 */
import { mkdir, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { buildApps, findStaleApps } from '../../scripts/app-builds.ts'
import { findChromium } from '../chromium.ts'
import { PICTURES } from './pictures.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

export default async function prepare(): Promise<void> {
  try {
    findChromium()
  } catch (error) {
    // A sentence, not a stack: nothing is wrong with the journeys.
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  }
  if (process.env.KEEP_PICTURES === undefined) await rm(PICTURES, { recursive: true, force: true })
  await mkdir(PICTURES, { recursive: true })
  if (process.env.WEB_DIST !== undefined && process.env.PHONE_DIST !== undefined) return
  const stale = findStaleApps(root)
  if (stale.length === 0) return
  console.info(`Building ${stale.map(({ app }) => app).join(' and ')} …`)
  const failure = await buildApps(root, stale, new AbortController().signal)
  if (failure !== '') throw new Error(failure)
}
