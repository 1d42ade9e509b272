// SOAP 1.1 around the AddressBook's requests: the envelope, the security header with a SAML assertion, faults.
// Source: SOAP 1.1; WS-Security 1.0 with the SAML token profile.
// Not concerned with what is in the body, nor with how it is signed (sign-message.ts).

import type { KeyObject } from 'node:crypto'
import { DirectoryError } from '../../errors.ts'
import { writeCanonicalXml } from '../xml/canonical-xml.ts'
import { readXml, type XmlElement } from '../xml/read-xml.ts'
import { childOf } from '../xml/walk-xml.ts'
import { element, type XmlNode } from '../xml/write-xml.ts'
import { SAML_NAMESPACES, SOAP, WSSE, WSU } from './namespaces.ts'
import { writeSignature } from './sign-message.ts'

const TIMESTAMP_LASTS_MS = 5 * 60_000
const TIMESTAMP_ID = 'timestamp'
const BODY_ID = 'body'

export interface SecurityToken {
  /** SAML 1.1 or 2.0 as XML, put into the security header as it is */
  readonly assertion: string
  /** the key of a holder-of-key assertion: timestamp and body are signed with it */
  readonly proofKey?: KeyObject | undefined
}

/**
 * The document to send.
 * @throws DirectoryError `source-unauthorised` if the assertion is no SAML assertion
 */
export function writeEnvelope(content: XmlNode, token: SecurityToken | undefined, nowMs: number): string {
  const body = writeCanonicalXml(
    element('soap:Body', [content], { 'xmlns:soap': SOAP, 'xmlns:wsu': WSU, 'wsu:Id': BODY_ID }),
  )
  const header = token === undefined ? '' : writeSecurity(token, body, nowMs)
  return `<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="${SOAP}">${header}${body}</soap:Envelope>`
}

function writeSecurity({ assertion, proofKey }: SecurityToken, body: string, nowMs: number): string {
  const { bare, root } = checkAssertion(assertion)
  const timestamp = writeCanonicalXml(
    element(
      'wsu:Timestamp',
      [
        element('wsu:Created', new Date(nowMs).toISOString()),
        element('wsu:Expires', new Date(nowMs + TIMESTAMP_LASTS_MS).toISOString()),
      ],
      { 'xmlns:wsu': WSU, 'wsu:Id': TIMESTAMP_ID },
    ),
  )
  const parts = [
    { id: TIMESTAMP_ID, canonical: timestamp },
    { id: BODY_ID, canonical: body },
  ]
  const signature = proofKey === undefined ? '' : writeSignature(parts, root, proofKey)
  return (
    `<soap:Header><wsse:Security xmlns:wsse="${WSSE}" soap:mustUnderstand="1">` +
    `${timestamp}${bare}${signature}</wsse:Security></soap:Header>`
  )
}

/** It goes into the document verbatim (it is signed), so it must be one well-formed element and nothing else. */
function checkAssertion(assertion: string): { bare: string; root: XmlElement } {
  const bare = assertion.replace(/^\uFEFF?\s*(<\?xml[^>]*\?>)?\s*/, '').trimEnd()
  const root = tryReading(bare)
  if (root === undefined || root.name !== 'Assertion' || !SAML_NAMESPACES.includes(root.namespace))
    throw new DirectoryError('source-unauthorised', 'The token that was provided is no SAML assertion.')
  return { bare, root }
}

function tryReading(document: string): XmlElement | undefined {
  try {
    return readXml(document)
  } catch {
    return undefined
  }
}

/** The fault codes of WS-Security. */
const SECURITY_FAULT = /(InvalidSecurity|FailedAuthentication|FailedCheck|SecurityToken)/

/**
 * The one element in the body of an answer.
 * @throws DirectoryError `source-malformed` if it is no envelope; for a fault `source-unauthorised` if it is about the
 * token, `source-refused` if it is the client's, else `source-unavailable`
 */
export function openEnvelope(root: XmlElement): XmlElement {
  const content = bodyOf(root)
  if (content.namespace !== SOAP || content.name !== 'Fault') return content
  // The fault's own children are in no namespace.
  const faultCode = childOf(content, '', 'faultcode')?.text.trim() ?? ''
  const faultString = childOf(content, '', 'faultstring')?.text.trim()
  if (SECURITY_FAULT.test(faultCode))
    throw new DirectoryError('source-unauthorised', 'The service refused our token.', faultString)
  if (/(^|:)Client(\.|$)/.test(faultCode))
    throw new DirectoryError('source-refused', 'The service refused the request.', faultString)
  throw new DirectoryError('source-unavailable', 'The service failed.', faultString)
}

/** The one element in the body, faults included. @throws DirectoryError `source-malformed` */
export function bodyOf(root: XmlElement): XmlElement {
  const body = root.namespace === SOAP && root.name === 'Envelope' ? childOf(root, SOAP, 'Body') : undefined
  const content = body?.children[0]
  if (content === undefined || body?.children.length !== 1)
    throw new DirectoryError('source-malformed', 'The answer is no SOAP envelope with one element in it.')
  return content
}
