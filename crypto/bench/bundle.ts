/** Bundles a file of this folder for a browser, as the apps are built, and tells what that weighs. */
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'

/** The script's text, minified. */
export async function bundle(file: string): Promise<string> {
  const result = await build({
    configFile: false,
    root: fileURLToPath(new URL('.', import.meta.url)),
    logLevel: 'error',
    build: {
      write: false,
      minify: true,
      target: 'es2022',
      // not as a library: those keep their white space
      rolldownOptions: { input: file, preserveEntrySignatures: 'strict', output: { format: 'es' } },
    },
  })
  const [first] = Array.isArray(result) ? result : [result]
  if (!first || !('output' in first)) throw new Error('nothing was built')
  return first.output.map((part) => ('code' in part ? part.code : '')).join('')
}

/** Kilobytes of 1,000 bytes under gzip. */
export async function gzippedKilobytes(file: string): Promise<number> {
  return gzipSync(await bundle(file), { level: 9 }).length / 1_000
}
