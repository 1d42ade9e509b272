/**
 * What an installation copies (Dockerfile, compose.yaml, deploy/) agrees with what the relay knows: there is no Docker
 * where the tests run, so a name that changed here must not be found out there.
 * That these settings start: `production-shape.mongo-test.ts`.
 */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { environment } from '../environment.ts'
import { healthPaths } from './health-routes.ts'

interface Service {
  environment?: Record<string, string>
  secrets?: string[]
  volumes?: string[]
  networks?: string[]
  depends_on?: string[]
  command?: string[]
  ports?: string[]
  stop_grace_period?: string
}
interface Compose {
  services: Record<string, Service>
  secrets: Record<string, unknown>
  volumes: Record<string, unknown>
  networks: Record<string, unknown>
}

const root = fileURLToPath(new URL('../../../', import.meta.url))
const read = (file: string) => readFileSync(root + file, 'utf8')
const dockerfile = read('Dockerfile')
const composeText = read('compose.yaml')
const compose = parse(composeText, { merge: true }) as Compose
const services = Object.entries(compose.services)
const relays = services.filter(([name]) => name.startsWith('relay-')).map(([, service]) => service)
const known = Object.keys(environment.shape)
const readme = read('server/README.md')

describe('every setting', () => {
  it('of the relay is described where people look for it', () => {
    expect(known.filter((name) => !readme.includes(`\`${name}\``))).toEqual([])
  })

  it('of the image and of the relays in compose.yaml is one that the relay reads', () => {
    const ofImage = [...dockerfile.matchAll(/^ENV (.+)$/gm)].flatMap(([, line]) =>
      (line ?? '').split(' ').map((pair) => pair.split('=')[0] ?? ''),
    )
    const ofRelays = relays.flatMap(({ environment: set }) => Object.keys(set ?? {}))
    expect(relays).toHaveLength(2)
    expect(ofImage).toContain('PLI_MODE')
    const unknown = [...ofImage, ...ofRelays].filter((name) => !known.includes(name))
    expect(unknown).toEqual(['NODE_ENV'])
  })

  it('of the synchronisation is described', () => {
    const set = Object.keys(compose.services.directory?.environment ?? {})
    expect(set.filter((name) => !readme.includes(`\`${name}\``))).toEqual([])
  })

  it('that compose.yaml asks for is in the example, and no other', () => {
    const asked = [...composeText.matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name)
    const given = [...read('deploy/example.env').matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name)
    expect(new Set(given)).toEqual(new Set(asked))
  })
})

describe('the image', () => {
  it('copies what is there, and starts what is there', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, line]) =>
      (line ?? '').split(' '),
    )
    expect(copied.length).toBeGreaterThan(4)
    expect(copied.filter((path) => !existsSync(root + path))).toEqual([])
    for (const command of [/^CMD (.+)$/m.exec(dockerfile)?.[1], compose.services.directory?.command]) {
      const words = typeof command === 'string' ? (JSON.parse(command) as string[]) : (command ?? [])
      const program = words.find((word) => word.endsWith('.ts'))
      expect(existsSync(root + program)).toBe(true)
    }
  })

  it('asks whether the relay lives, and the proxy whether it is ready, where that is answered', () => {
    expect(dockerfile).toContain(`http://127.0.0.1:8080${healthPaths.live}`)
    expect(read('deploy/Caddyfile')).toContain(`health_uri ${healthPaths.ready}`)
  })

  it('gets no secret of whoever builds it', () => {
    const ignored = read('.dockerignore').split('\n')
    expect(ignored).toEqual(expect.arrayContaining(['.git', '.data', '.env', 'secrets']))
  })
})

describe('compose.yaml', () => {
  it('names only what it declares', () => {
    for (const [, service] of services) {
      const named = (service.volumes ?? []).map((volume) => volume.split(':')[0] ?? '')
      const files = named.filter((name) => name.startsWith('./'))
      expect(files.filter((file) => !existsSync(root + file))).toEqual([])
      const declared = [...Object.keys(compose.volumes), ...files]
      expect(named.filter((name) => !declared.includes(name))).toEqual([])
      expect(Object.keys(compose.secrets)).toEqual(expect.arrayContaining(service.secrets ?? []))
      expect(Object.keys(compose.networks)).toEqual(expect.arrayContaining(service.networks ?? []))
      expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(service.depends_on ?? []))
    }
  })

  it('hands each service the secrets whose files it is told to read', () => {
    for (const [, service] of services) {
      const told = Object.values(service.environment ?? {}).filter((value) =>
        value.startsWith('/run/secrets/'),
      )
      const secrets = told.map((value) => value.slice('/run/secrets/'.length))
      expect(service.secrets ?? []).toEqual(expect.arrayContaining(secrets))
    }
  })

  it('gives a relay the time to leave, and each its own data folder', () => {
    for (const { stop_grace_period: grace, environment: set } of relays) {
      expect(Number.parseInt(grace ?? '', 10)).toBeGreaterThan(Number(set?.DRAIN_SECONDS) + 5)
    }
    expect(new Set(relays.flatMap(({ volumes }) => volumes)).size).toBe(relays.length)
  })

  it('lets the world reach the proxy alone, and the databases reach nobody', () => {
    expect(services.filter(([, { ports }]) => ports).map(([name]) => name)).toEqual(['proxy'])
    for (const [name, { networks }] of services) {
      if (/^(mongo|redis)/.test(name)) expect(networks).toEqual(['inside'])
    }
  })
})
