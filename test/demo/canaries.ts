/** Strings that occur nowhere else, and a photo with a place and an owner in its EXIF: what must never be found on the relay. */
import { randomBytes } from 'node:crypto'
import sharp from 'sharp'
import type { Secret } from '../secrecy/needles.ts'

export interface Canaries {
  question: string
  answer: string
  offline: string
  caption: string
  patientTag: string
  exifOwner: string
  secrets: Secret[]
}

export function makeCanaries(): Canaries {
  // Marks in plain ASCII are looked for by themselves too: a heap snapshot writes accents in ways of its own.
  const marks: string[] = []
  const mark = () => {
    marks.push(randomBytes(8).toString('hex'))
    return marks.at(-1)
  }
  const canaries = {
    question: `Méthotrexate : dix milligrammes, chaque jour ou chaque semaine ? ${mark()}`,
    answer: `Chaque semaine, le lundi, jamais chaque jour. ${mark()}`,
    offline: `Patiente repartie sans le médicament, rappel demain. ${mark()}`,
    caption: `Talon gauche, bords nets, ${mark()}`,
    patientTag: `Zq.${randomBytes(4).toString('hex')}`,
    exifOwner: `Owner ${mark()} ${mark()}`,
  }
  const named = [...Object.entries(canaries), ...marks.map((text, at) => [`mark ${at}`, text] as const)]
  const secrets = named.map(([name, text]) => ({ name, bytes: new TextEncoder().encode(text) }))
  return { ...canaries, secrets }
}

/** A picture with enough detail to be unmistakable, GPS position, owner and maker note strings in its EXIF. */
export async function makeWoundPhoto(owner: string): Promise<Uint8Array> {
  const [width, height] = [1200, 900]
  return sharp(randomBytes(width * height * 3), { raw: { width, height, channels: 3 } })
    .blur(6)
    .withExif({
      IFD0: { Make: 'Pli Demo Camera', Artist: owner, Copyright: owner },
      IFD3: {
        GPSLatitudeRef: 'N',
        GPSLatitude: '50/1 49/1 1234/100',
        GPSLongitudeRef: 'E',
        GPSLongitude: '4/1 26/1 4321/100',
      },
    })
    .jpeg({ quality: 85 })
    .toBuffer()
}

/** Runs of bytes from the middle of a picture, to look for. */
export function slicesOf(name: string, bytes: Uint8Array): Secret[] {
  const length = 48
  return [0.2, 0.5, 0.8].map((part) => {
    const at = Math.floor((bytes.length - length) * part)
    return { name: `${name} at ${Math.round(part * 100)} %`, bytes: bytes.subarray(at, at + length) }
  })
}
