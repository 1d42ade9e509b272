/** The PIN, then the keys are made and the device registered. Failures say whether to go on, warn, or start again. */
import type { LocalAccountId, PendingRegistration } from '@pli/client'
import { usePlatform } from '../hooks/platform.tsx'
import { usePli } from '../hooks/pli-context.tsx'
import { useTask } from '../hooks/use-task.ts'
import { errorSentence, readFailure } from '../i18n/error-sentence.ts'
import { useSpeech } from '../i18n/language.tsx'
import { PinChoose } from '../lock/pin-choose.tsx'
import { PinNews } from '../lock/pin-entry.tsx'

export function PinStep(props: {
  pending: PendingRegistration
  replaceExisting: boolean
  onRegistered: (localId: LocalAccountId) => void
  onDeviceExists: () => void
  onExpired: (failure: unknown) => void
}) {
  const { t, language } = useSpeech()
  const pli = usePli()
  const { deviceName } = usePlatform()
  const task = useTask()
  const { pending, replaceExisting } = props
  const register = (pin: string) =>
    task.run(async () => {
      try {
        const { pendingId } = pending
        props.onRegistered(await pli.register({ pendingId, pin, replaceExisting, deviceName, language }))
      } catch (failure) {
        const { code } = readFailure(failure)
        if (code === 'device_exists') return props.onDeviceExists()
        if (code === 'pending_expired') return props.onExpired(failure)
        throw failure
      }
    })
  return (
    <div className="screen__scroll">
      <PinChoose
        onChosen={register}
        busy={task.busy}
        busyLabel={t('onboarding.making')}
        news={task.failure !== undefined && <PinNews urgent>{errorSentence(t, task.failure)}</PinNews>}
      />
    </div>
  )
}
