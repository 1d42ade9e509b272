// Asks an AddressBook from a terminal: the sandbox's, or a real one with certificate and token.
//   npm run directory:addressbook -- --source http://127.0.0.1:8480 --last-name "VAN DEN BERGHE*" --profession PHYSICIAN
// Not concerned with the directory that clinicians search (search/cli.ts). National numbers can be asked by; none is
// shown.

import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { DirectoryError } from '../../errors.ts'
import { readTlsFiles, samlTokenFromFile } from '../wire/connection.ts'
import { type AddressBook, createAddressBook } from './address-book.ts'
import type { AddressBookOrganisation, AddressBookProfessional, ContactPoints } from './answers.ts'

const USAGE = `Usage: npm run directory:addressbook -- --source http://127.0.0.1:8480 --last-name "VAN DEN BERGHE*" --profession PHYSICIAN
  --source <address>   of the service; without a path, /AddressBook/v1 is put behind it
  --nihii, --ssin, --first-name, --last-name, --profession, --city, --zip   whom; * stands for any letters
  --organisation       organisations instead, by --nihii, --cbe, --ehp, --name, --type, --city, --zip
  --contact            addresses and eHealthBoxes of the one that --nihii, --ssin, --cbe or --ehp names
  --limit 100          no more than so many
  --tls-certificate, --tls-key, --tls-authority <PEM file>
  --saml-token <file>, --proof-key <PEM file>   the assertion, and the key it is bound to
  --allow-plain-http   beyond this machine: for sandboxes only
  --json               one JSON object for each that is found`

const text = { type: 'string' } as const
const { values } = parseArgs({
  options: {
    source: text,
    nihii: text,
    ssin: text,
    'first-name': text,
    'last-name': text,
    profession: text,
    city: text,
    zip: text,
    organisation: { type: 'boolean', default: false },
    cbe: text,
    ehp: text,
    name: text,
    type: text,
    contact: { type: 'boolean', default: false },
    limit: { type: 'string', default: '100' },
    'tls-certificate': text,
    'tls-key': text,
    'tls-authority': text,
    'saml-token': text,
    'proof-key': text,
    'allow-plain-http': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
})

async function main(): Promise<number> {
  if (values.help || values.source === undefined) {
    console.error(USAGE)
    return values.help ? 0 : 2
  }
  const book = await openBook(values.source)
  try {
    let shown = 0
    for await (const found of values.contact ? findContact(book) : findMany(book)) {
      // The look-up value is under a key of this run: it says nothing to anybody.
      const { ssinHmac: _, ...rest } = { ssinHmac: '', ...found }
      console.log(values.json ? JSON.stringify(rest) : describe(found))
      shown += 1
      if (shown >= Number(values.limit)) break
    }
    if (shown === 0 && !values.json) console.log('Nobody found.')
    return 0
  } finally {
    book.close()
  }
}

async function openBook(source: string): Promise<AddressBook> {
  const url = new URL(source)
  if (url.pathname === '/') url.pathname = '/AddressBook/v1'
  const tls = await readTlsFiles(
    withoutAbsent({
      certificateFile: values['tls-certificate'],
      keyFile: values['tls-key'],
      authorityFile: values['tls-authority'],
    }),
  )
  const { 'saml-token': token, 'proof-key': keyFile } = values
  return createAddressBook({
    url: url.href,
    ssinKey: randomBytes(32),
    tls,
    allowPlainHttp: values['allow-plain-http'],
    ...(token === undefined ? {} : { samlToken: samlTokenFromFile(token) }),
    ...(keyFile === undefined ? {} : { proofKey: await readFile(keyFile, 'utf8') }),
  })
}

type Found = (AddressBookProfessional | AddressBookOrganisation) & Partial<ContactPoints>

function findMany(book: AddressBook): AsyncIterable<Found> {
  const place = { city: values.city, zipCode: values.zip }
  if (values.organisation) {
    const { nihii, cbe, ehp, name: institutionName, type: institutionType } = values
    return book.allOrganisations(
      withoutAbsent({ nihii, cbe, ehp, institutionName, institutionType, ...place }),
    )
  }
  const { nihii, ssin, profession, 'first-name': firstName, 'last-name': lastName } = values
  return book.allProfessionals(withoutAbsent({ nihii, ssin, firstName, lastName, profession, ...place }))
}

async function* findContact(book: AddressBook): AsyncIterable<Found> {
  const { nihii = '', ssin, cbe, ehp } = values
  if (values.organisation) {
    const contact = await book.organisationContact(cbe ? { cbe } : ehp ? { ehp } : { nihii })
    if (contact !== undefined) yield contact
    return
  }
  const contact = await book.professionalContact(ssin ? { ssin } : { nihii })
  for (const { profession, ...points } of contact?.practices ?? []) {
    const { lastName, firstName } = contact ?? { lastName: '', firstName: '' }
    yield { lastName, firstName, professions: [profession], ...points }
  }
}

function describe(found: Found): string {
  const lines =
    'professions' in found
      ? found.professions.map(
          ({ code, nihii }) =>
            `${found.lastName} ${found.firstName}  ${code} ${nihii?.nihii11 ?? nihii?.nihii8 ?? ''}`,
        )
      : [`${Object.values(found.names)[0] ?? ''}  ${found.type ?? ''} ${found.cbe ?? found.nihii ?? ''}`]
  const addresses = found.addresses?.map(({ street, houseNumber, zipCode, municipality }) =>
    ['   ', street.fr ?? street.nl, houseNumber, zipCode, municipality.fr ?? municipality.nl].join(' '),
  )
  const boxes = found.eHealthBoxes?.map(({ id, type, quality }) => `    eHealthBox ${type} ${id} ${quality}`)
  return [...lines.map((line) => line.trimEnd()), ...(addresses ?? []), ...(boxes ?? [])].join('\n')
}

/** Options that were not given are no criteria. */
function withoutAbsent<T extends object>(of: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  if (error instanceof DirectoryError) {
    console.error(`${error.message} (${error.code})`)
    if (error.operatorDetail !== undefined) console.error(`  ${error.operatorDetail}`)
    process.exitCode = error.code.startsWith('criteria-') ? 2 : 1
  } else {
    // An option or an address that cannot be read.
    if (!(error instanceof TypeError && 'code' in error)) throw error
    console.error(error.message)
    process.exitCode = 2
  }
}
