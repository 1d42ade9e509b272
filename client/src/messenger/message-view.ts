/** Stored messages as a screen sees them. Not concerned with storage. */
import type { MessageBody, MessageView, OutgoingState } from '../api.ts'
import type { MessageRecord, StoredBody, StoredOutgoing } from './records.ts'

export interface UploadProgress {
  uploadedBytes: number
  totalBytes: number
}

export function viewOfMessage(record: MessageRecord, progress?: UploadProgress): MessageView {
  const { outgoing } = record
  return {
    id: record.id,
    conversationId: record.conversationId,
    direction: record.direction,
    body: viewOfBody(record.body),
    atMs: record.atMs,
    ...(record.patientTag === undefined ? {} : { patientTag: record.patientTag }),
    ...(record.answerByMs === undefined ? {} : { answerByMs: record.answerByMs }),
    ...(record.quote === undefined ? {} : { quote: record.quote }),
    ...(outgoing === undefined
      ? {}
      : { outgoing: viewOfOutgoing(outgoing, progress), times: outgoing.times }),
  }
}

function viewOfBody(body: StoredBody): MessageBody {
  if (body.kind !== 'photo') return body
  const { attachment: _, ...shown } = body
  return shown
}

function viewOfOutgoing(outgoing: StoredOutgoing, progress: UploadProgress | undefined): OutgoingState {
  const { state, atMs } = outgoing
  if (state === 'waiting') return { state, ...progress }
  if (state === 'failed') return { state, code: outgoing.failure ?? 'refused', atMs }
  return { state, atMs }
}
