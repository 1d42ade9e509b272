// Reading the tab-separated tables of directory/data. Their licences and origins: data/README.md.
// Not concerned with what the columns mean.

import { readFileSync } from 'node:fs'

const DATA_FOLDER = new URL('../data/', import.meta.url)

type TableName = 'cd-hcparty' | 'first-names' | 'localities' | 'municipalities' | 'surnames'

/** The rows of a table without its header. An empty cell is an empty string. */
export function readTable(name: TableName): string[][] {
  const lines = readFileSync(new URL(`${name}.tsv`, DATA_FOLDER), 'utf8').split('\n')
  return lines
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => line.split('\t'))
}
