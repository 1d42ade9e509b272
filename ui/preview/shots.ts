/**
 * Pictures of the preview's screens, to look at: `npx tsx preview/shots.ts OUT_FOLDER [name…]`. Starts its own server.
 */
import { mkdirSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { createServer } from 'vite'
import { chromiumArguments, chromiumPath } from './chromium.ts'

const phone = { width: 390, height: 844 }
const desk = { width: 1440, height: 900 }

const pictures: Record<string, string> = {
  'phone-inbox': 'screen=inbox',
  'phone-inbox-dark': 'screen=inbox&theme=dark',
  'phone-asked': 'screen=inbox&state=asked',
  'phone-asked-dark': 'screen=inbox&state=asked&theme=dark&language=nl',
  'phone-own-request': 'screen=onboarding&state=pending',
  'phone-own-request-dark': 'screen=onboarding&state=pending&theme=dark&language=de',
  'phone-vouched-for': 'screen=settings&state=asked',
  'phone-inbox-offline': 'screen=inbox&state=offline',
  'phone-inbox-empty': 'screen=inbox&state=empty&language=nl',
  'phone-conversation': 'screen=conversation',
  'phone-conversation-dark': 'screen=conversation&theme=dark&with=00000000-0000-4000-8000-000000000004',
  'phone-photo': 'screen=conversation&with=00000000-0000-4000-8000-000000000002',
  'phone-key': 'screen=conversation&state=key&language=en',
  'phone-person': 'screen=person',
  'phone-person-dark': 'screen=person&theme=dark',
  'phone-new': 'screen=new',
  'phone-settings': 'screen=settings',
  'phone-settings-de': 'screen=settings&language=de&theme=dark',
  'phone-lock': 'screen=lock&state=wrong',
  'phone-lock-last': 'screen=lock&state=lastTries&language=nl',
  'phone-lock-several': 'screen=lock&state=several',
  'phone-onboarding': 'screen=onboarding',
  'phone-onboarding-existing': 'screen=onboarding&state=existing#ticket=preview',
  'phone-onboarding-pin': 'screen=onboarding#ticket=preview',
  'desk-conversation': 'screen=conversation&form=desk',
  'desk-conversation-dark': 'screen=conversation&form=desk&theme=dark',
  'desk-new': 'screen=directory&form=desk',
  'desk-settings': 'screen=settings&form=desk&language=nl',
  'desk-lock': 'screen=lock&form=desk&state=several',
  'desk-onboarding': 'screen=onboarding&form=desk',
}

const [folder = '.', ...only] = process.argv.slice(2)
mkdirSync(folder, { recursive: true })
const server = await createServer({ configFile: new URL('vite.config.ts', import.meta.url).pathname })
await server.listen()
const base = server.resolvedUrls?.local[0] ?? ''
const browser = await chromium.launch({ executablePath: chromiumPath(), args: chromiumArguments() })
for (const [name, query] of Object.entries(pictures)) {
  if (only.length > 0 && !only.some((part) => name.includes(part))) continue
  const viewport = query.includes('form=desk') ? desk : phone
  const page = await browser.newPage({ viewport, deviceScaleFactor: 1 })
  page.on('console', (line) => line.type() === 'error' && console.error(name, line.text()))
  page.on('pageerror', (error) => console.error(name, error.message))
  await page.goto(`${base}?${query}`)
  await page.waitForSelector('.screen', { timeout: 30_000 })
  const combobox = page.getByRole('combobox').first()
  if (name.includes('new')) await combobox.pressSequentially('van den b')
  if (name.includes('onboarding') && !query.includes('#'))
    await page.getByRole('combobox').nth(1).fill('lemaire')
  await page.waitForTimeout(900)
  await page.screenshot({ path: `${folder}/${name}.png` })
  await page.close()
}
await browser.close()
await server.close()
