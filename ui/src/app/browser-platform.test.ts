import { describe, expect, it } from 'vitest'
import { nameDevice } from './browser-platform.ts'

const webkit = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'
const blink = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0'

describe('the name of this device', () => {
  it('tells the system and the browser, though most browsers claim to be others', () => {
    const names = [
      `Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${webkit} Version/18.5 Mobile/15E148 Safari/604.1`,
      `Mozilla/5.0 (Linux; Android 10; K) ${blink} Mobile Safari/537.36`,
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${blink} Safari/537.36 Edg/141.0.0.0`,
      'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    ].map((userAgent) => nameDevice({ userAgent }))
    expect(names).toEqual(['iPhone, Safari', 'Android, Chrome', 'Windows, Edge', 'Linux, Firefox'])
  })
  it('knows an iPad that says it is a Mac', () => {
    const userAgent = `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webkit} Version/18.5 Safari/605.1.15`
    expect(nameDevice({ userAgent, maxTouchPoints: 5 })).toBe('iPad, Safari')
    expect(nameDevice({ userAgent, maxTouchPoints: 0 })).toBe('Mac, Safari')
  })
  it('is never empty', () => {
    expect(nameDevice({ userAgent: '' })).toBe('Pli')
  })
})
