/** The question before this device is taken off the account and its copy is erased. */
import { ConfirmDialog } from '../feedback/dialog.tsx'
import { useMessenger } from '../hooks/pli-context.tsx'
import { useSpeech } from '../i18n/language.tsx'

export function SignOutDialog(props: { onErased: () => void; onClose: () => void }) {
  const { t } = useSpeech()
  const messenger = useMessenger()
  return (
    <ConfirmDialog
      title={t('settings.signOutTitle')}
      text={t('settings.signOutText')}
      confirm={t('settings.signOutConfirm')}
      urgent
      act={async () => {
        await messenger.signOutAndErase()
        props.onErased()
      }}
      onClose={props.onClose}
    />
  )
}
