/**
 * Fails the build when an app's first load is too heavy: `tsx scripts/check-budget.ts <dist> <kilobytes>`.
 * First load: what the first screen cannot do without, gzipped: what index.html asks for, its static imports and styles,
 * one language, and the worker it starts.
 * Not concerned with what is loaded later, on purpose.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

interface Chunk {
  file: string
  imports?: string[]
  css?: string[]
  isEntry?: boolean
}

const [dist, budgetKb] = [process.argv[2], Number(process.argv[3])]
if (dist === undefined || !(budgetKb > 0))
  throw new Error('name the built folder and the budget in kilobytes')
const manifest = JSON.parse(await readFile(join(dist, '.vite/manifest.json'), 'utf8')) as Record<
  string,
  Chunk
>

const files = new Set<string>(['index.html'])
function take(name: string): void {
  const chunk = manifest[name]
  if (chunk === undefined || files.has(chunk.file)) return
  files.add(chunk.file)
  for (const style of chunk.css ?? []) files.add(style)
  for (const imported of chunk.imports ?? []) take(imported)
}
for (const [name, chunk] of Object.entries(manifest)) if (chunk.isEntry) take(name)
// Fetched apart, so that it is one and not four; nothing is shown before it is there.
const language = Object.keys(manifest).find((name) => name.endsWith('/i18n/fr.ts'))
if (language === undefined) throw new Error('the build has no French')
take(language)

// The worker is built apart and named only inside the entry's text.
for (const file of [...files].filter((name) => name.endsWith('.js'))) {
  const text = await readFile(join(dist, file), 'utf8')
  for (const [, worker] of text.matchAll(/assets\/(worker-[\w-]+\.js)/g)) files.add(`assets/${worker}`)
}

let total = 0
for (const file of files) {
  const bytes = gzipSync(await readFile(join(dist, file)), { level: 9 }).length
  total += bytes
  console.log(`${(bytes / 1000).toFixed(1).padStart(7)} kB  ${file}`)
}
console.log(`${(total / 1000).toFixed(1).padStart(7)} kB  first load, gzip (at most ${budgetKb})`)
if (total > budgetKb * 1000) process.exitCode = 1
