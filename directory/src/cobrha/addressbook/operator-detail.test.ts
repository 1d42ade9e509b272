import { describe, expect, it } from 'vitest'
import { DirectoryError } from '../../errors.ts'
import { readXml } from '../xml/read-xml.ts'
import { withoutCriteria } from './operator-detail.ts'
import { openResponse } from './read-response.ts'

describe('what a service said when it refused', () => {
  it('is kept for the operator, without whom it was said about', () => {
    const criteria = { lastName: 'VAN DEN BERGHE*', firstName: 'Françoise', ssin: '82042605839' }
    const response = readXml(
      `<p:SearchProfessionalsResponse xmlns:p="urn:be:fgov:ehealth:addressbook:protocol:v1" xmlns:c="urn:be:fgov:ehealth:commons:core:v2" InResponseTo="_1">
        <c:Status><c:StatusCode Value="urn:be:fgov:ehealth:2.0:status:Requester"/>
        <c:StatusMessage>Nobody: Françoise Van den Berghe (82.04.26-058.39, 18749704477, f.vdb@example.org). Ask the desk.</c:StatusMessage></c:Status>
      </p:SearchProfessionalsResponse>`,
    )
    let thrown: unknown
    try {
      openResponse(response, 'SearchProfessionals', '_1')
    } catch (error) {
      thrown = withoutCriteria(error, criteria)
    }
    expect(thrown).toMatchObject({ code: 'source-refused' })
    const { message, operatorDetail = '' } = thrown as DirectoryError
    expect(operatorDetail).toMatch(/status:Requester Nobody.*Ask the desk\./)
    expect(message + operatorDetail).not.toMatch(/Berghe|Françoise|82.?04|18749704|f\.vdb/i)
  })

  it('is short', () => {
    const error = new DirectoryError('source-refused', 'no', 'x'.repeat(10_000))
    expect((withoutCriteria(error, {}) as DirectoryError).operatorDetail?.length).toBeLessThanOrEqual(300)
  })
})
