import { describe, expect, it } from 'vitest'
import { noticeFor } from './notice.ts'

describe('the notice of a push', () => {
  it('is in the first of the browser’s languages that Pli speaks', () => {
    expect(noticeFor(['es-ES', 'nl-BE', 'fr']).body).toContain('bericht')
    expect(noticeFor(['fr-BE']).body).toContain('message vous attend')
  })
  it('is in English when Pli speaks none of them', () => {
    expect(noticeFor(['es'])).toEqual(noticeFor(['en']))
  })
})
