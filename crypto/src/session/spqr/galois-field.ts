/**
 * The field GF(2^16) with the reduction polynomial x^16 + x^12 + x^3 + x + 1, by logarithm tables.
 *
 * Source: Signal's ML-KEM Braid specification, erasure codes. Only public data (key and ciphertext chunks) goes through
 * here, so table look-ups leak nothing secret.
 *
 * Not concerned with chunks: see `erasure-code.ts`.
 */

const REDUCTION = 0x1100b
const GROUP_ORDER = 65_535

const { powers, logarithms } = buildTables()

/** Product of two field elements (16-bit numbers). Addition is exclusive or. */
export function multiply(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : powers[(logarithms[a]! + logarithms[b]!) % GROUP_ORDER]!
}

/**
 * Weights w such that Σ wᵢ·yᵢ is the value at `x` of the polynomial of least degree through the points (xsᵢ, yᵢ).
 *
 * @param xs distinct abscissas, none equal to `x`
 */
export function lagrangeWeights(xs: readonly number[], x: number): number[] {
  let numeratorLog = 0
  for (const xi of xs) numeratorLog += logarithms[x ^ xi]!
  return xs.map((xi, i) => {
    let denominatorLog = logarithms[x ^ xi]!
    for (let j = 0; j < xs.length; j++) if (j !== i) denominatorLog += logarithms[xi ^ xs[j]!]!
    const log = (numeratorLog - denominatorLog) % GROUP_ORDER
    return powers[log < 0 ? log + GROUP_ORDER : log]!
  })
}

// 2 generates the multiplicative group
function buildTables(): { powers: Uint16Array; logarithms: Uint16Array } {
  const powerTable = new Uint16Array(GROUP_ORDER)
  const logarithmTable = new Uint16Array(GROUP_ORDER + 1)
  let element = 1
  for (let exponent = 0; exponent < GROUP_ORDER; exponent++) {
    powerTable[exponent] = element
    logarithmTable[element] = exponent
    element <<= 1
    if (element > 0xffff) element ^= REDUCTION
  }
  return { powers: powerTable, logarithms: logarithmTable }
}
