import { describe, expect, it } from 'vitest'
import { readExample } from '../testing/shared-examples.ts'
import { readXml, type XmlElement } from '../xml/read-xml.ts'
import { writeXml } from '../xml/write-xml.ts'
import { soapActionOf } from './namespaces.ts'
import { openResponse, readProfessionalContact, readProfessionals } from './read-response.ts'
import { writeProfessionalSearch } from './write-request.ts'

const lookUp = (ssin: string): string => `looked up ${ssin}`

describe('what was published of the wire format', () => {
  const summary = ({ namespace, name, text, children }: XmlElement): unknown => ({
    namespace,
    name,
    text: children.length === 0 ? text.trim() : '',
    children: children.map(summary),
  })

  it('is how a search is written', () => {
    const written = writeProfessionalSearch(
      { id: '_req1', issuedAtMs: Date.UTC(2026, 10, 21, 10) },
      { lastName: 'VAN DEN BERGHE*', profession: 'PHYSICIAN' },
      { offset: 0, maxElements: 100 },
    )
    const document = writeXml(written)
    expect(document).toMatch(/Offset="0" MaxElements="100"><p:LastName>.*<p:Profession>/)
    expect(soapActionOf('SearchProfessionals')).toBe(
      'urn:be:fgov:ehealth:addressbook:protocol:v1:searchProfessionals',
    )
    const example = readExample('SearchProfessionalsRequest.xml')
    if (example !== undefined) expect(summary(readXml(document))).toEqual(summary(readXml(example)))
  })

  it('ties an answer to its question', () => {
    const answer = (to: string): XmlElement =>
      readXml(
        `<p:SearchProfessionalsResponse xmlns:p="urn:be:fgov:ehealth:addressbook:protocol:v1" InResponseTo="${to}">
          <c:Status xmlns:c="urn:be:fgov:ehealth:commons:core:v2"><c:StatusCode Value="urn:be:fgov:ehealth:2.0:status:Success"/></c:Status>
        </p:SearchProfessionalsResponse>`,
      )
    expect(readProfessionals(openResponse(answer('_1'), 'SearchProfessionals', '_1'), lookUp)).toEqual([])
    const malformed = expect.objectContaining({ code: 'source-malformed' })
    expect(() => openResponse(answer('_2'), 'SearchProfessionals', '_1')).toThrow(malformed)
    expect(() => openResponse(answer('_1'), 'SearchOrganizations', '_1')).toThrow(malformed)
  })

  it('is how answers are read', () => {
    const search = readExample('SearchProfessionalsResponse.xml')
    const contact = readExample('GetProfessionalContactInfoResponse.xml')
    if (search === undefined || contact === undefined) return
    const found = readProfessionals(openResponse(readXml(search), 'SearchProfessionals', '_req1'), lookUp)
    expect(found).toMatchObject([
      {
        ssinHmac: lookUp('82042605839'),
        lastName: 'VAN DEN BERGHE',
        middleNames: 'MARIE',
        professions: [{ nihii: { nihii8: '18749704' }, specialities: [{ code: 'SPEC01' }] }],
      },
    ])
    const response = openResponse(readXml(contact), 'GetProfessionalContactInfo', '_req2')
    expect(readProfessionalContact(response, lookUp)?.practices).toMatchObject([
      {
        addresses: [
          { street: { fr: 'Rue des Vulcans' }, houseNumber: '120', postBox: 'A1', zipCode: '1050' },
        ],
        additional: [{ type: 'Mail', value: 'f.vdb@example.org' }],
        eHealthBoxes: [{ id: '18749704', quality: 'DOCTOR' }],
      },
    ])
    expect(() => openResponse(readXml(search), 'SearchProfessionals', '_another')).toThrow(
      expect.objectContaining({ code: 'source-malformed' }),
    )
  })
})
