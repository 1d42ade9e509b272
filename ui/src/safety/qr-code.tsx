/** Bytes as a QR code, drawn as one SVG path: dark on white in both themes, for cameras. */
import { useMemo } from 'react'
import { encode } from 'uqr'

const QUIET = 2

export default function QrCode(props: { bytes: Uint8Array; label: string }) {
  const { path, size } = useMemo(() => drawQr(props.bytes), [props.bytes])
  const side = size + 2 * QUIET
  return (
    <svg className="qr" viewBox={`${-QUIET} ${-QUIET} ${side} ${side}`} role="img" aria-label={props.label}>
      <rect x={-QUIET} y={-QUIET} width={side} height={side} className="qr__paper" />
      <path d={path} className="qr__ink" shapeRendering="crispEdges" />
    </svg>
  )
}

/** Byte mode, medium correction; a run of dark modules is one stroke of the path. */
export function drawQr(bytes: Uint8Array): { path: string; size: number } {
  const { data, size } = encode([...bytes], { ecc: 'M', border: 0 })
  let path = ''
  for (const [y, row] of data.entries()) {
    for (let x = 0; x < size; x++) {
      if (!row[x]) continue
      const from = x
      while (x + 1 < size && row[x + 1]) x++
      path += `M${from} ${y}h${x - from + 1}v1h${from - x - 1}z`
    }
  }
  return { path, size }
}
