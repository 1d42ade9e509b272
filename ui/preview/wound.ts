/** A drawing in place of a photograph: the mock's, as a JPEG. */
export async function drawWound(): Promise<Uint8Array> {
  const canvas = document.createElement('canvas')
  canvas.width = 1200
  canvas.height = 800
  const pen = canvas.getContext('2d')
  if (!pen) return new Uint8Array()
  const oval = (colour: string, rx: number, ry: number, x = 600, y = 400) => {
    pen.fillStyle = colour
    pen.beginPath()
    pen.ellipse(x, y, rx, ry, 0, 0, 2 * Math.PI)
    pen.fill()
  }
  pen.fillStyle = '#b9c6ca'
  pen.fillRect(0, 0, 1200, 800)
  oval('#d9ae93', 900, 380)
  oval('#e3b9a2', 800, 290)
  oval('#cf917b', 300, 180)
  oval('#a6493f', 250, 145)
  oval('#8a2e2b', 170, 90)
  oval('#d8bf6b', 60, 40, 550, 380)
  oval('#d8bf6b', 50, 32, 680, 430)
  pen.fillStyle = '#f8f8f4'
  pen.fillRect(300, 640, 600, 80)
  pen.fillStyle = '#1b1a21'
  for (let at = 0; at <= 50; at++) pen.fillRect(320 + at * 11, 640, 2, at % 10 === 0 ? 40 : 22)
  pen.font = '28px sans-serif'
  pen.fillText('5 cm', 830, 705)
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', 0.8))
  return new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer(0))
}
