/** A message in one line: for the inbox, a quote, the clipboard. */
import type { MessageBody } from '@pli/client'
import type { Translate } from '../i18n/translator.ts'

export function bodyLine(t: Translate, body: MessageBody): string {
  switch (body.kind) {
    case 'text':
      return body.text
    case 'photo':
      return body.caption ? t('body.photoCaption', { caption: body.caption }) : t('body.photo')
    case 'unreadable':
      return t('body.unreadable')
    case 'identity_changed':
      return t('body.identityChanged')
    default:
      return t('body.unsupported')
  }
}

/** What can be copied; nothing for notes and what could not be read. */
export function copyableText(body: MessageBody): string | undefined {
  if (body.kind === 'text') return body.text
  return body.kind === 'photo' ? body.caption : undefined
}
