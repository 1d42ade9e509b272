/**
 * Purpose: which addresses the relay will call for a push. Clients choose the endpoint, so without a rule the relay
 * would send requests into the hospital's own network on anybody's behalf.
 * Source: IANA's special-purpose address registries. Not concerned with what is sent.
 */
import { lookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { RelayError } from '../../errors.ts'

export interface EndpointPolicy {
  /** Throws RelayError `push_refused` when the URL itself shows that it may not be called. */
  checkUrl(endpoint: string): URL
  /** As above, and with the addresses that its name has now; a name that has none yet passes. */
  check(endpoint: string): Promise<void>
  /** For the connection itself: the address that is called is the one that was checked. */
  readonly lookup: LookupFunction
}

const notPublic = new BlockList()
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  notPublic.addSubnet(network, bits, 'ipv4')
}

/** Of IPv6 only global unicast is public; of that, not what tunnels or documents. */
const globalUnicast = new BlockList()
globalUnicast.addSubnet('2000::', 3, 'ipv6')
for (const [network, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  notPublic.addSubnet(network, bits, 'ipv6')
}

/** Whether anybody on the Internet may be meant by this IPv4 or IPv6 address. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !notPublic.check(address, 'ipv4')
  if (isIP(address) !== 6) return false
  return globalUnicast.check(address, 'ipv6') && !notPublic.check(address, 'ipv6')
}

/** @param allowedHosts `host` or `host:port`, exempt from the rule. */
export function createEndpointPolicy(allowedHosts: readonly string[]): EndpointPolicy {
  const allowed = new Set(allowedHosts)
  const allowedNames = new Set(allowedHosts.map((host) => host.replace(/:\d+$/, '')))

  function checkUrl(endpoint: string): URL {
    const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
    if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '') throw refused()
    if (allowed.has(url.host) || allowed.has(url.hostname)) return url
    if (url.port !== '') throw refused()
    const name = url.hostname.replace(/^\[|\]$/g, '')
    if (isIP(name) !== 0 ? !isPublicAddress(name) : !isPublicName(name)) throw refused()
    return url
  }

  /** Fails with an error, never with an address that may not be called. */
  const guardedLookup: LookupFunction = (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '', 4)
      const isFit = allowedNames.has(hostname) || addresses.every(({ address }) => isPublicAddress(address))
      const first = addresses[0]
      if (!isFit || first === undefined) return callback(refused(), '', 4)
      if (options.all) return callback(null, addresses)
      callback(null, first.address, first.family)
    })
  }

  return {
    checkUrl,
    lookup: guardedLookup,
    async check(endpoint) {
      const { hostname } = checkUrl(endpoint)
      if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0) return
      await new Promise<void>((resolve, reject) => {
        guardedLookup(hostname, { all: true }, (error) => {
          if (error instanceof RelayError) reject(error)
          else resolve()
        })
      })
    },
  }
}

/** A name with a dot, and not of a zone that is never on the Internet. */
function isPublicName(name: string): boolean {
  const bare = name.replace(/\.$/, '').toLowerCase()
  return (
    bare.includes('.') &&
    !/\.(localhost|local|internal|intranet|lan|home|corp|arpa|onion|test|example|invalid)$/.test(bare)
  )
}

function refused(): RelayError {
  return new RelayError('push_refused', 'endpoint may not be called')
}
