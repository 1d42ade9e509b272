/** Keeps somebody at hand, or no longer: a toggle that says what a press will do. */
import type { DirectoryPerson } from '@pli/protocol/wire'
import { useMessenger } from '../hooks/pli-context.tsx'
import { useLive } from '../hooks/use-live.ts'
import { useTask } from '../hooks/use-task.ts'
import { errorSentence } from '../i18n/error-sentence.ts'
import { useSpeech } from '../i18n/language.tsx'
import { Icon } from '../icons/icon.tsx'

export function StarButton({ person }: { person: DirectoryPerson }) {
  const { t } = useSpeech()
  const messenger = useMessenger()
  const task = useTask()
  const starred = useLive(messenger.favourites)?.some(({ personId }) => personId === person.personId) ?? false
  return (
    <>
      <button
        type="button"
        className="btn btn--wide"
        aria-busy={task.busy}
        onClick={() => void task.run(() => messenger.setFavourite(person, !starred))}
      >
        <Icon name="star" size="sm" />
        {t(starred ? 'personScreen.unstar' : 'personScreen.star')}
      </button>
      {task.failure !== undefined && <p className="field__error">{errorSentence(t, task.failure)}</p>}
    </>
  )
}
