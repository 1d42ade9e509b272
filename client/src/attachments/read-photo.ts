/**
 * A photo's bytes: from this device, or fetched, opened and compared with what the message announced, then kept.
 * A broken download goes on where it stopped. Works in a tab that only follows. Not concerned with showing it.
 */
import { decryptAttachmentBytes } from '@pli/crypto'
import type { AttachmentPointer, MessageId } from '@pli/protocol/content'
import { limits } from '@pli/protocol/wire'
import type { MessengerContext } from '../accounts/messenger-context.ts'
import { ClientError } from '../errors.ts'
import { saveConversation, saveMessage } from '../messenger/conversation-log.ts'
import { isHarmlessPhoto } from './check-picture.ts'

const DOWNLOAD_TRIES = 3
type PhotoContext = Pick<MessengerContext, 'store' | 'device' | 'relay'>

/** JPEG. Throws `not_found`, `offline`, `attachment_gone`, `attachment_damaged`. */
export async function readPhoto(context: PhotoContext, messageId: MessageId): Promise<Uint8Array> {
  const { store } = context
  const here = await store.get('photos', messageId)
  if (here !== undefined) return here.bytes
  const message = await store.get('messages', messageId)
  if (message?.body.kind !== 'photo' || message.body.attachment === undefined)
    throw new ClientError('not_found')
  const bytes = await fetchAndOpen(context, message.body.attachment)
  await store.transact(async (transaction) => {
    const current = await transaction.get('messages', messageId)
    const conversation = current && (await transaction.get('conversations', current.conversationId))
    if (current?.body.kind !== 'photo' || conversation === undefined) return
    transaction.put('photos', messageId, { bytes }, { group: current.conversationId })
    const body = { ...current.body, here: true }
    saveConversation(transaction, saveMessage(transaction, conversation, { ...current, body }))
  })
  return bytes
}

async function fetchAndOpen(context: PhotoContext, pointer: AttachmentPointer): Promise<Uint8Array> {
  const bytes = await open(await download(context, pointer), pointer)
  if (!isHarmlessPhoto(bytes)) throw new ClientError('attachment_damaged')
  return bytes
}

async function open(ciphertext: Uint8Array, pointer: AttachmentPointer): Promise<Uint8Array> {
  try {
    return await decryptAttachmentBytes(ciphertext, pointer)
  } catch (cause) {
    throw new ClientError('attachment_damaged', { cause })
  }
}

async function download(
  { relay, device }: PhotoContext,
  { attachmentId, ciphertextBytes }: AttachmentPointer,
): Promise<Uint8Array> {
  // The size is the sender's word: it must not make this device allocate without end.
  if (ciphertextBytes > limits.attachmentBytes) throw new ClientError('attachment_damaged')
  const whole = new Uint8Array(ciphertextBytes)
  let offset = 0
  for (let tried = 1; ; tried += 1) {
    try {
      for await (const piece of relay.downloadAttachment(device.deviceToken, attachmentId, { offset })) {
        if (offset + piece.length > ciphertextBytes) throw new ClientError('attachment_damaged')
        whole.set(piece, offset)
        offset += piece.length
      }
      if (offset < ciphertextBytes) throw new ClientError('attachment_damaged')
      return whole
    } catch (error) {
      const mayGoOn = error instanceof ClientError && error.code === 'offline' && tried < DOWNLOAD_TRIES
      if (!mayGoOn) throw error
    }
  }
}
