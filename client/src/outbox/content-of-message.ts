/** A stored message of ours as the content it was sent as. Not concerned with sending it. */
import type { WrittenContent } from '@pli/protocol/content'
import type { MessageRecord } from '../messenger/records.ts'
import type { PhotoDraft } from './outbox-records.ts'

/** Undefined for what was not written by this person, and for a photo that is not with the relay. */
export function contentOfMessage(message: MessageRecord): WrittenContent | undefined {
  const content = draftOfMessage(message)
  return content === undefined || (content.kind === 'photo' && !('attachment' in content))
    ? undefined
    : content
}

/** As `contentOfMessage`; a photo may still lack its attachment. */
export function draftOfMessage(message: MessageRecord): WrittenContent | PhotoDraft | undefined {
  const { body, patientTag, answerByMs, quote } = message
  const head = {
    v: 1 as const,
    id: message.id,
    sentAtMs: message.atMs,
    ...(patientTag === undefined ? {} : { patientTag }),
    ...(answerByMs === undefined ? {} : { answerByMs }),
    ...(quote === undefined ? {} : { quote }),
  }
  if (message.direction !== 'out') return undefined
  if (body.kind === 'text') return { ...head, kind: 'text', text: body.text }
  if (body.kind !== 'photo') return undefined
  const { width, height, caption, preview, attachment } = body
  const draft: PhotoDraft = {
    ...head,
    kind: 'photo',
    mime: 'image/jpeg',
    width,
    height,
    ...(caption === undefined ? {} : { caption }),
    ...(preview === undefined ? {} : { preview }),
  }
  return attachment === undefined ? draft : { ...draft, attachment }
}
