/** "Prove it": the national sign-in by redirect, or a single-use code that an operator handed over. */
import type { PendingRegistration } from '@pli/client'
import { type FormEvent, useId, useState } from 'react'
import { FailedLine } from '../feedback/states.tsx'
import { usePlatform } from '../hooks/platform.tsx'
import { usePli } from '../hooks/pli-context.tsx'
import { useTask } from '../hooks/use-task.ts'
import { useSpeech } from '../i18n/language.tsx'
import { Icon } from '../icons/icon.tsx'
import type { Picked } from '../screens/onboarding-flow.tsx'

interface ProveStepProps {
  picked: Picked
  onProven: (pending: PendingRegistration) => void
}

export function ProveStep(props: ProveStepProps) {
  const { t, language } = useSpeech()
  const pli = usePli()
  const platform = usePlatform()
  const task = useTask()
  const { personId } = props.picked
  const signIn = () =>
    task.run(async () => {
      const { url } = await pli.beginSignIn({ personId, returnTo: platform.signInReturnPath, language })
      platform.leaveTo(url)
    })
  return (
    <div className="screen__scroll">
      <div className="stack">
        <div>
          <h1 className="big-title">{t('onboarding.proveTitle')}</h1>
          <p className="lead">{t('onboarding.proveText')}</p>
        </div>
        <p className="strong">{props.picked.name}</p>
        <div className="vstack">
          <button type="button" className="btn btn--primary btn--lg" aria-busy={task.busy} onClick={signIn}>
            <Icon name="verified" size="sm" />
            {t('onboarding.ehealth')}
          </button>
          <p className="field__hint">{t('onboarding.ehealthHint')}</p>
          <FailedLine error={task.failure} />
        </div>
        <CodeForm {...props} />
      </div>
    </div>
  )
}

function CodeForm({ picked, onProven }: ProveStepProps) {
  const { t } = useSpeech()
  const pli = usePli()
  const task = useTask()
  const id = useId()
  const [shown, setShown] = useState(false)
  const [code, setCode] = useState('')
  if (!shown) {
    return (
      <button type="button" className="btn" onClick={() => setShown(true)}>
        {t('onboarding.useCode')}
      </button>
    )
  }
  const redeem = (event: FormEvent) => {
    event.preventDefault()
    void task.run(async () =>
      onProven(await pli.redeemCode({ personId: picked.personId, code: code.trim() })),
    )
  }
  return (
    <form className="panel" onSubmit={redeem}>
      <div className="field">
        <label className="field__label" htmlFor={id}>
          {t('onboarding.code')}
        </label>
        <input
          id={id}
          className="input"
          value={code}
          required
          minLength={8}
          maxLength={40}
          autoComplete="one-time-code"
          autoCapitalize="characters"
          spellCheck={false}
          aria-describedby={`${id}-hint`}
          onChange={(event) => setCode(event.target.value)}
        />
        <p className="field__hint" id={`${id}-hint`}>
          {t('onboarding.codeHint')}
        </p>
        <FailedLine error={task.failure} />
      </div>
      <button type="submit" className="btn" aria-busy={task.busy}>
        {t(task.busy ? 'onboarding.checking' : 'onboarding.redeem')}
      </button>
    </form>
  )
}
