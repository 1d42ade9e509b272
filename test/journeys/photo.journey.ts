/** The nurse's wound photo: taken on a phone with a position in it, seen at a desk without. */
import { randomBytes } from 'node:crypto'
import { findMetadata } from '@pli/client/node'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { makeWoundPhoto } from '../demo/canaries.ts'
import { anneSophie, type Clinician, kevin } from './clinician.ts'
import { useStage } from './stage.ts'

const CAPTION = 'Talon gauche, bords nets'
const OWNER = 'Kévin Oulad-Haddou, téléphone privé'

describe('a wound photo', () => {
  const stage = useStage()
  let nurse: Clinician
  let doctor: Clinician

  it('is taken on a phone, with the place and the owner in it', async () => {
    nurse = await stage.openPhone('kevin')
    doctor = await stage.openDesk('anne-sophie')
    await Promise.all([nurse.onboard(kevin), doctor.onboard(anneSophie)])
    await nurse.writeTo(anneSophie)
    const bytes = Buffer.from(await makeWoundPhoto(OWNER))
    expect(findMetadata(bytes)).not.toEqual([])
    await nurse.takePhoto({ name: 'IMG_2041.jpg', bytes })
    await nurse.see('Lieu et appareil seront retirés')
    await nurse.picture('photo-picked')
  })

  it('arrives at the desk and opens on the whole screen', async () => {
    await nurse.write(CAPTION)
    await doctor.openFromInbox(kevin)
    await doctor.see(doctor.photo(CAPTION).locator('img'))
    await nurse.seeState(CAPTION, 'Sur son appareil')
    await doctor.picture('photo-arrived')
    await nurse.picture('photo-sent')
    await doctor.photo(CAPTION).click()
    const viewer = doctor.page.getByRole('dialog', { name: 'Photo en grand' })
    await doctor.see(viewer.getByRole('img', { name: `Photo : ${CAPTION}` }))
    await doctor.picture('photo-viewer')
    await doctor.page.keyboard.press('Escape')
    await doctor.seeNoMore(viewer)
  })

  it('carries nothing but the picture', async () => {
    const bytes = await doctor.bytesOfPhoto(CAPTION)
    const { format, width, height, exif, xmp, icc } = await sharp(bytes).metadata()
    expect({ format, width, height }).toEqual({ format: 'jpeg', width: 1200, height: 900 })
    expect([exif, xmp, icc]).toEqual([undefined, undefined, undefined])
    expect(findMetadata(bytes)).toEqual([])
    for (const secret of ['Oulad', 'Pli Demo Camera', 'Exif'])
      expect(Buffer.from(bytes).includes(secret)).toBe(false)
  })

  it('refuses what is no picture, and says what is safe', async () => {
    await nurse.takePhoto({ name: 'fausse.jpg', bytes: randomBytes(2000) })
    await nurse.press('Envoyer')
    await nurse.see(/Cette image ne se lit pas\. Rien n’a été envoyé/)
    await nurse.picture('photo-refused')
    await nurse.press('Retirer la photo')
  })

  it('taken without a network, it is kept safely and goes by itself', async () => {
    await nurse.loseNetwork()
    await nurse.takePhoto({ name: 'IMG_2043.jpg', bytes: Buffer.from(await makeWoundPhoto(OWNER)) })
    await nurse.write('Escarre du sacrum')
    await nurse.seeState('Escarre du sacrum', 'En attente ici')
    await nurse.see('Gardée ici, en sûreté. Partira seule.')
    await nurse.see(/Hors ligne depuis/)
    await nurse.picture('photo-kept-offline')
    await nurse.regainNetwork()
    await nurse.seeState('Escarre du sacrum', 'Sur son appareil')
    await doctor.see(doctor.photo('Escarre du sacrum').locator('img'))
    expect(await doctor.countMessages('Escarre du sacrum')).toBe(1)
  })

  it('goes on by itself after a reload in the middle of the upload, and arrives once', async () => {
    const large = await sharp(randomBytes(1600 * 1200 * 3), {
      raw: { width: 1600, height: 1200, channels: 3 },
    })
      .jpeg({ quality: 90 })
      .toBuffer()
    nurse.line.slowDown(150_000)
    await nurse.takePhoto({ name: 'IMG_2042.jpg', bytes: large })
    await nurse.write('Plaie du tibia')
    await nurse.see(nurse.message('Plaie du tibia').getByRole('progressbar', { name: 'Envoi de la photo' }))
    await nurse.picture('photo-uploading')
    await nurse.page.reload()
    nurse.line.slowDown(undefined)
    await nurse.unlock()
    await nurse.seeState('Plaie du tibia', 'Sur son appareil')
    await doctor.see(doctor.photo('Plaie du tibia').locator('img'))
    expect(await doctor.countMessages('Plaie du tibia')).toBe(1)
    expect(await nurse.countMessages('Plaie du tibia')).toBe(1)
    const [sent, received] = [
      await nurse.bytesOfPhoto('Plaie du tibia'),
      await doctor.bytesOfPhoto('Plaie du tibia'),
    ]
    expect(Buffer.compare(sent, received)).toBe(0)
  })

  it('can be pasted at a desk', async () => {
    const png = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#b04030' } })
      .png()
      .toBuffer()
    await doctor.pastePicture(png)
    await doctor.see('Lieu et appareil seront retirés')
    await doctor.write('Voici la référence')
    await nurse.see(nurse.photo('Voici la référence').locator('img'))
  })
})
