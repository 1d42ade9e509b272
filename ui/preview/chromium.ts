/** Where Chromium is: CHROMIUM_PATH, then chromium or Chrome on the path. */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

export function chromiumPath(): string {
  const given = process.env.CHROMIUM_PATH
  if (given) return given
  const folders = (process.env.PATH ?? '').split(delimiter)
  const found = folders.flatMap((folder) => names.map((name) => join(folder, name))).find(existsSync)
  if (found) return found
  throw new Error(
    'No Chromium found: install chromium or Google Chrome, or set CHROMIUM_PATH to its program.',
  )
}

/** `--no-sandbox` only as root, who may not use the sandbox. */
export function chromiumArguments(): string[] {
  const quiet = [
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
  ]
  return process.getuid?.() === 0 ? ['--no-sandbox', ...quiet] : quiet
}
