import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { SignedXml } from 'xml-crypto'
import { element } from '../xml/write-xml.ts'
import { readProofKey } from './sign-message.ts'
import { writeEnvelope } from './soap.ts'
import { writeProfessionalSearch } from './write-request.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const publicPem = createPublicKey(rsa.privateKey).export({ type: 'spki', format: 'pem' }).toString()
const assertion =
  '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion" AssertionID="_a1"><saml:Issuer/></saml:Assertion>'

const write = (lastName: string): string =>
  writeEnvelope(
    writeProfessionalSearch(
      { id: '_1', issuedAtMs: Date.UTC(2026, 10, 21) },
      { lastName, profession: 'NURSE' },
      { offset: 0, maxElements: 100 },
    ),
    { assertion, proofKey: readProofKey(pem) },
    Date.UTC(2026, 10, 21),
  )

/** What is signed in the eyes of another implementation, which canonicalises the document itself. */
function verify(document: string): readonly string[] {
  const [signature = ''] = /<ds:Signature[ >].*<\/ds:Signature>/s.exec(document) ?? []
  const judge = new SignedXml({ publicCert: publicPem, idMode: 'wssecurity' })
  judge.loadSignature(signature)
  try {
    return judge.checkSignature(document) ? judge.getSignedReferences() : []
  } catch {
    return []
  }
}

describe('a holder-of-key message', () => {
  it.each(['VAN DEN BERGHE*', 'D’Hondt & Zoë <b> "q" \t\r\n ]]> \u0001'])(
    'is signed over timestamp and body, in the eyes of another implementation: %j',
    (lastName) => {
      const references = verify(write(lastName))
      expect(references).toHaveLength(2)
      expect(references[0]).toMatch(/^<wsu:Timestamp.*2026-11-21T00:05:00/)
      expect(references[1]).toMatch(/^<soap:Body.*SearchProfessionalsRequest/s)
    },
  )

  it('cannot be changed on its way', () => {
    const document = write('JANSSENS')
    expect(verify(document)).toHaveLength(2)
    expect(verify(document.replace('JANSSENS', 'JANSSEN'))).toEqual([])
    expect(verify(document.replace('T00:05:00', 'T09:05:00'))).toEqual([])
  })

  it('names the assertion of either version', () => {
    expect(write('A')).toContain('#SAMLAssertionID">_a1</wsse:KeyIdentifier>')
    const saml2 = '<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ID="_b2"/>'
    const document = writeEnvelope(element('a'), { assertion: saml2, proofKey: readProofKey(pem) }, 0)
    expect(document).toContain('#SAMLID">_b2</wsse:KeyIdentifier>')
  })

  it('is not signed with what is no key, and errors do not show it', () => {
    expect(() => readProofKey('-----BEGIN SECRET-----')).toThrow(
      expect.objectContaining({
        code: 'source-unauthorised',
        message: expect.not.stringContaining('SECRET'),
      }),
    )
    const { privateKey } = generateKeyPairSync('ed25519')
    expect(() => readProofKey(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())).toThrow(
      expect.objectContaining({ code: 'source-unauthorised' }),
    )
  })
})
