// Proving that we hold the key that a holder-of-key assertion speaks of: an XML signature over timestamp and body.
// Source: XML Signature 1.1, Exclusive Canonicalization 1.0, WS-Security SAML token profile 1.1.
// Not concerned with what is asked, nor with obtaining the assertion.

import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { DirectoryError } from '../../errors.ts'
import { writeCanonicalXml } from '../xml/canonical-xml.ts'
import type { XmlElement } from '../xml/read-xml.ts'
import { element, type XmlNode } from '../xml/write-xml.ts'
import { WSSE } from './namespaces.ts'

const DS = 'http://www.w3.org/2000/09/xmldsig#'
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256'
const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
const ECDSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256'
const SAML_1_ID = 'http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.0#SAMLAssertionID'
const SAML_2_ID = 'http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLID'

/** One element that is signed: its `wsu:Id`, and its text in canonical form. */
export interface SignedPart {
  readonly id: string
  readonly canonical: string
}

/** @throws DirectoryError `source-unauthorised` if this is no private key for RSA or ECDSA */
export function readProofKey(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem)
    if (key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'ec') return key
  } catch {
    // Node's errors may quote the key: ours says the same without.
  }
  throw new DirectoryError('source-unauthorised', 'The key that proves the token is no RSA or ECDSA key.')
}

/** The `ds:Signature` element, for the security header behind the assertion. */
export function writeSignature(parts: readonly SignedPart[], assertion: XmlElement, key: KeyObject): string {
  const signedInfo = element(
    'ds:SignedInfo',
    [
      method('ds:CanonicalizationMethod', EXCLUSIVE),
      method('ds:SignatureMethod', key.asymmetricKeyType === 'ec' ? ECDSA_SHA256 : RSA_SHA256),
      ...parts.map(writeReference),
    ],
    { 'xmlns:ds': DS },
  )
  const canonical = writeCanonicalXml(signedInfo)
  const value = sign('sha256', Buffer.from(canonical), { key, dsaEncoding: 'ieee-p1363' }).toString('base64')
  const keyInfo = element('ds:KeyInfo', [
    element('wsse:SecurityTokenReference', [nameAssertion(assertion)], { 'xmlns:wsse': WSSE }),
  ])
  const rest = [element('ds:SignatureValue', value), keyInfo].map(writeCanonicalXml).join('')
  return `<ds:Signature xmlns:ds="${DS}">${canonical}${rest}</ds:Signature>`
}

function writeReference({ id, canonical }: SignedPart): XmlNode {
  const digest = createHash('sha256').update(canonical).digest('base64')
  return element(
    'ds:Reference',
    [
      element('ds:Transforms', [method('ds:Transform', EXCLUSIVE)]),
      method('ds:DigestMethod', SHA256),
      element('ds:DigestValue', digest),
    ],
    { URI: `#${id}` },
  )
}

const method = (name: string, algorithm: string): XmlNode => element(name, '', { Algorithm: algorithm })

/** SAML 1.1 calls it AssertionID, SAML 2.0 ID. */
function nameAssertion({ attributes }: XmlElement): XmlNode {
  const id = attributes.get('AssertionID') ?? attributes.get('ID')
  if (id === undefined)
    throw new DirectoryError('source-unauthorised', 'The token that was provided has no identifier.')
  const type = attributes.has('AssertionID') ? SAML_1_ID : SAML_2_ID
  return element('wsse:KeyIdentifier', id, { ValueType: type })
}
