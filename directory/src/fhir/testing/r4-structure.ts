/**
 * The structure of those R4 resources and elements that Pli writes, by hand from http://hl7.org/fhir/R4: every element
 * that R4 gives them and we may write, how often it may be there, and which values it may have. Only for tests.
 */

/** Key: name and `!` (one), `?` (none or one), `+` (some), `*` (any number). Value: what one of them must be. */
interface Shape {
  readonly [element: string]: RegExp | 'boolean' | 'number' | Shape | readonly string[] | 'resource'
}

const text = /^\S[\s\S]*$/
const uri = /^\S+$/
const code = /^[^\s]+(\s[^\s]+)*$/
const id = /^[A-Za-z0-9\-.]{1,64}$/
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/

const coding: Shape = { 'system!': uri, 'code!': code, 'display?': text }
const concept: Shape = { 'coding*': coding, 'text?': text }
const identifier: Shape = { 'system!': uri, 'value!': text }
const period: Shape = { 'start?': instant, 'end?': instant }
const reference: Shape = { 'reference!': /^[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}$/, 'display?': text }
const address: Shape = {
  'extension*': { 'url!': uri, 'valueCode!': /^(fr|nl|de)$/ },
  'use?': ['home', 'work', 'temp', 'old', 'billing'],
  'city?': text,
  'postalCode?': text,
  'country?': text,
}
const issueTypes = [
  ...['invalid', 'structure', 'required', 'value', 'invariant', 'security', 'login', 'unknown', 'expired'],
  ...['forbidden', 'suppressed', 'processing', 'not-supported', 'duplicate', 'multiple-matches', 'not-found'],
  ...[
    'deleted',
    'too-long',
    'code-invalid',
    'extension',
    'too-costly',
    'business-rule',
    'conflict',
    'transient',
  ],
  ...['lock-error', 'no-store', 'exception', 'timeout', 'incomplete', 'throttled', 'informational'],
]

const shapes: Readonly<Record<string, Shape>> = {
  Practitioner: {
    'id!': id,
    'identifier*': identifier,
    'active?': 'boolean',
    'name*': { 'use?': ['usual', 'official'], 'text?': text, 'family?': text, 'given*': text },
    'qualification*': { 'code!': concept, 'period?': period },
    'communication*': concept,
  },
  PractitionerRole: {
    'id!': id,
    'identifier*': identifier,
    'active?': 'boolean',
    'period?': period,
    'practitioner?': reference,
    'organization?': reference,
    'code*': concept,
    'specialty*': concept,
    'location*': reference,
    'endpoint*': reference,
  },
  Organization: {
    'id!': id,
    'identifier*': identifier,
    'active?': 'boolean',
    'type*': concept,
    'name?': text,
    'address*': address,
  },
  Location: {
    'id!': id,
    'status?': ['active', 'suspended', 'inactive'],
    'name?': text,
    'alias*': text,
    'mode?': ['instance', 'kind'],
    'address?': address,
  },
  Endpoint: {
    'id!': id,
    'status!': ['active', 'suspended', 'error', 'off', 'entered-in-error', 'test'],
    'connectionType!': coding,
    'name?': text,
    'payloadType+': concept,
    'address!': uri,
  },
  OperationOutcome: {
    'issue+': {
      'severity!': ['fatal', 'error', 'warning', 'information'],
      'code!': issueTypes,
      'diagnostics?': text,
    },
  },
  Bundle: {
    'type!': ['searchset'],
    'timestamp?': instant,
    'total?': 'number',
    'link*': { 'relation!': text, 'url!': uri },
    'entry*': {
      'fullUrl?': uri,
      'resource?': 'resource',
      'search?': { 'mode?': ['match', 'include', 'outcome'] },
    },
  },
  CapabilityStatement: {
    'status!': ['draft', 'active', 'retired', 'unknown'],
    'date!': instant,
    'kind!': ['instance', 'capability', 'requirements'],
    'software?': { 'name!': text, 'version?': text },
    'implementation?': { 'description!': text, 'url?': uri },
    'fhirVersion!': ['4.0.1'],
    'format+': code,
    'rest*': {
      'mode!': ['client', 'server'],
      'documentation?': text,
      'security?': { 'cors?': 'boolean', 'description?': text },
      'resource*': {
        'type!': code,
        'interaction*': { 'code!': ['read', 'search-type'] },
        'versioning?': ['no-version', 'versioned', 'versioned-update'],
        'searchInclude*': text,
        'searchParam*': {
          'name!': text,
          'type!': [
            'number',
            'date',
            'string',
            'token',
            'reference',
            'composite',
            'quantity',
            'uri',
            'special',
          ],
          'documentation?': text,
        },
      },
    },
  },
}

/** What R4 does not allow, as paths; empty for what it allows. */
export function problemsOf(resource: unknown, at = ''): string[] {
  if (typeof resource !== 'object' || resource === null) return [`${at}: no resource`]
  const { resourceType, ...elements } = resource as { resourceType?: string }
  const shape = shapes[resourceType ?? '']
  return shape === undefined ? [`${at}: no resourceType`] : check(elements, shape, `${at}${resourceType}`)
}

function check(value: object, shape: Shape, at: string): string[] {
  const known = Object.entries(shape).map(([key, kind]) => ({
    name: key.slice(0, -1),
    often: key.at(-1),
    kind,
  }))
  const strangers = Object.keys(value).filter((name) => !known.some((one) => one.name === name))
  return [
    ...strangers.map((name) => `${at}.${name}: not in R4, or not known to this test`),
    ...known.flatMap(({ name, often, kind }) => {
      const here = (value as Record<string, unknown>)[name]
      const path = `${at}.${name}`
      if (here === undefined) return often === '!' || often === '+' ? [`${path}: missing`] : []
      if (often === '!' || often === '?') return checkOne(here, kind, path)
      if (!Array.isArray(here) || here.length === 0) return [`${path}: no list, or an empty one`]
      return here.flatMap((one, number) => checkOne(one, kind, `${path}[${number}]`))
    }),
  ]
}

function checkOne(value: unknown, kind: Shape[string] | undefined, at: string): string[] {
  const bad = [`${at}: ${JSON.stringify(value)}`]
  if (kind === 'resource') return problemsOf(value, `${at}.`)
  if (kind === 'boolean' || kind === 'number') return typeof value === kind ? [] : bad
  if (kind instanceof RegExp) return typeof value === 'string' && kind.test(value) ? [] : bad
  if (isList(kind)) return kind.some((one) => one === value) ? [] : bad
  if (typeof value !== 'object' || value === null || kind === undefined) return bad
  return Object.keys(value).length === 0 ? bad : check(value, kind as Shape, at)
}

const isList = (kind: unknown): kind is readonly string[] => Array.isArray(kind)
