/**
 * How long an attachment looks: the padded length that hides its exact size.
 *
 * The buckets are Padmé's (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication
 * with PURBs", 2019, section 4), with a floor of 1 KiB: a length may only use the highest ⌊log₂⌊log₂ L⌋⌋ + 1
 * bits after its leading one, so the sizes up to 25 MiB fall into fewer than 400 buckets at a cost of at most
 * 6.25 % (3.2 % from 64 KiB on).
 * Integers only, so that two implementations never disagree. Not concerned with the padding bytes themselves.
 */

const SMALLEST_PADDED_BYTES = 1024

/** The padded length in bytes for a plaintext of `sizeBytes` (a non-negative integer below 2^31). */
export function paddedLength(sizeBytes: number): number {
  if (sizeBytes <= SMALLEST_PADDED_BYTES) return SMALLEST_PADDED_BYTES
  const exponent = 31 - Math.clz32(sizeBytes)
  const mantissaBits = 32 - Math.clz32(exponent)
  const step = 2 ** (exponent - mantissaBits)
  return Math.ceil(sizeBytes / step) * step
}
