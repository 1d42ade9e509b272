/**
 * A Vite plugin: leaves out of the apps the part of zod that writes JSON Schema. Every zod schema carries it as a
 * method, so no bundler can tell that nobody calls it; it weighs as much as all our own schemas together.
 * Not concerned with parsing, which is untouched.
 */
import type { Plugin } from 'vite'

const PARTS = /\/zod\/v4\/core\/(to-json-schema|json-schema-processors)\.js$/

export function withoutJsonSchema(): Plugin {
  return {
    name: 'pli:without-json-schema',
    enforce: 'pre',
    apply: 'build',
    transform(code, id) {
      if (!PARTS.test(id)) return
      const names = [...code.matchAll(/^export (?:const|function) (\w+)/gm)].map((match) => match[1])
      if (names.length === 0)
        throw new Error('zod no longer keeps JSON Schema where this plugin looks for it')
      return { code: names.map((name) => `export const ${name} = () => {}`).join('\n'), map: null }
    },
  }
}
