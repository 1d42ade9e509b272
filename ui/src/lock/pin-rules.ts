/**
 * Which PINs are refused for being guessed first. The PIN is all that guards a copied profile, so runs and repetitions
 * are not taken. Not concerned with how it is stretched: the messenger does that.
 */
export const PIN_DIGITS = 6
export const PIN_MAX_DIGITS = 64

/** 111111, 123456, 987654, 121212, 123123, 112233. */
export function isEasyPin(pin: string): boolean {
  const digits = [...pin].map(Number)
  const steps = digits.slice(1).map((digit, at) => (digit - (digits[at] ?? 0) + 10) % 10)
  const sameStep = steps.every((step) => step === steps[0]) && [0, 1, 9].includes(steps[0] ?? 0)
  return sameStep || new Set(digits).size <= 2 || /^(.{2,3})\1+$/.test(pin) || /^(\d)\1(\d)\2(\d)\3/.test(pin)
}
