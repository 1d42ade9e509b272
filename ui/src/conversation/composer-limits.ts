/** Limits of what is written. Types tie them to the contract: a change there fails the build here. */
import type { contentLimits } from '@pli/protocol/content'

type Limits = typeof contentLimits

export const TEXT_CHARS: Limits['textChars'] = 8_000
export const CAPTION_CHARS: Limits['captionChars'] = 1_000
export const EXCERPT_CHARS: Limits['excerptChars'] = 140
export const PATIENT_TAG_CHARS: Limits['patientTagChars'] = 12
