/**
 * Purpose: builds the two apps, and skips it when nothing that goes into them has changed since.
 * Not concerned with how an app is bundled: each has a `build` script of its own.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** What both apps are made of, besides themselves. */
const SHARED = ['protocol', 'crypto', 'client', 'ui', 'scripts', 'package-lock.json', 'tsconfig.base.json']
const APPS = ['web', 'mobile-pwa']
/** Folders whose content is made, not written. */
const MADE = new Set(['node_modules', 'dist', 'icons', 'artefacts'])

export interface BuildNeed {
  app: string
  /** SHA-256 of every source, hexadecimal. */
  sources: string
}

/** The apps that have to be built. An app without a build script is none. */
export function findStaleApps(root: string): BuildNeed[] {
  const shared = hashSources(root, SHARED)
  return APPS.flatMap((app) => {
    if (!hasBuildScript(join(root, app))) return []
    const sources = createHash('sha256')
      .update(shared)
      .update(hashSources(root, [app]))
      .digest('hex')
    const isBuilt = existsSync(join(root, app, 'dist', 'index.html')) && readMarker(root, app) === sources
    return isBuilt ? [] : [{ app, sources }]
  })
}

/** Resolves with what the failed builds printed, which is empty when all went well. */
export async function buildApps(
  root: string,
  stale: readonly BuildNeed[],
  signal: AbortSignal,
): Promise<string> {
  const failures = await Promise.all(stale.map((need) => buildApp(root, need, signal)))
  return failures.join('')
}

async function buildApp(root: string, { app, sources }: BuildNeed, signal: AbortSignal): Promise<string> {
  const { code, output } = await runBuild(root, app, signal)
  if (code !== 0) return `\nBuilding ${app} failed:\n${output}`
  mkdirSync(dirname(markerPath(root, app)), { recursive: true })
  writeFileSync(markerPath(root, app), sources)
  return ''
}

function runBuild(root: string, app: string, signal: AbortSignal): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    // npm is a script of the shell's on Windows.
    const shell = process.platform === 'win32'
    const child = spawn('npm', ['run', '--silent', 'build', '-w', `@pli/${app}`], {
      cwd: root,
      shell,
      signal,
      // Whoever builds, what is built is what people get.
      env: { ...process.env, NODE_ENV: 'production' },
    })
    let output = ''
    const keep = (chunk: Buffer) => {
      output += chunk.toString()
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.once('error', (error) => resolve({ code: 1, output: output + error.message }))
    child.once('close', (code) => resolve({ code: code ?? 1, output }))
  })
}

function hasBuildScript(folder: string): boolean {
  const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    scripts?: Record<string, string>
  }
  return scripts?.build !== undefined
}

function hashSources(root: string, paths: readonly string[]): Buffer {
  const hash = createHash('sha256')
  for (const path of paths) {
    for (const file of listFiles(root, path)) hash.update(`${file}\0`).update(readFileSync(join(root, file)))
  }
  return hash.digest()
}

/** Files below a path, in an order that is always the same. Tests go into no app. */
function listFiles(root: string, path: string): string[] {
  const found = statSync(join(root, path), { throwIfNoEntry: false })
  if (found === undefined) return []
  if (!found.isDirectory()) return [path]
  return readdirSync(join(root, path))
    .filter((name) => !MADE.has(name) && !name.includes('.test.'))
    .sort()
    .flatMap((name) => listFiles(root, `${path}/${name}`))
}

function markerPath(root: string, app: string): string {
  return join(root, 'node_modules', '.cache', 'pli', `${app}.sources`)
}

function readMarker(root: string, app: string): string | undefined {
  const path = markerPath(root, app)
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}
