/** What one can do with a message, with the news it makes: copy, delete for me with a way back, retry, take back. */
import type { MessageView } from '@pli/client'
import { useMemo } from 'react'
import { useToasts } from '../feedback/toasts.tsx'
import { useMessenger } from '../hooks/pli-context.tsx'
import { errorSentence } from '../i18n/error-sentence.ts'
import { useSpeech } from '../i18n/language.tsx'
import { copyableText } from './body-words.ts'

export interface MessageActions {
  copy(message: MessageView): void
  remove(message: MessageView): void
  retry(message: MessageView): void
  takeBack(message: MessageView): void
}

export function useMessageActions(): MessageActions {
  const messenger = useMessenger()
  const toasts = useToasts()
  const { t } = useSpeech()
  return useMemo(() => {
    const attempt = (work: () => Promise<void>) => {
      work().catch((thrown: unknown) => toasts.show({ text: errorSentence(t, thrown) }))
    }
    return {
      copy(message) {
        const text = copyableText(message.body)
        if (text === undefined) return
        // Without https a browser has no clipboard at all.
        const write = async () => navigator.clipboard.writeText(text)
        write().then(
          () => toasts.show({ text: t('message.copied') }),
          () => toasts.show({ text: t('message.copyFailed') }),
        )
      },
      remove: (message) =>
        attempt(async () => {
          const { undoMs } = await messenger.deleteForMe(message.id)
          const run = () => attempt(() => messenger.restore(message.id))
          toasts.show({
            text: t('message.deleted'),
            lastsMs: undoMs,
            action: { label: t('common.undo'), run },
          })
        }),
      retry: (message) => attempt(() => messenger.retry(message.id)),
      takeBack: (message) =>
        attempt(async () => {
          const taken = await messenger.cancel(message.id)
          toasts.show({ text: t(taken ? 'message.takenBack' : 'message.alreadyGone') })
        }),
    }
  }, [messenger, toasts, t])
}
