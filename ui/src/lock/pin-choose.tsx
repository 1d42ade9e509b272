/** Choosing a PIN: twice, and not one that is guessed first. */
import { type ReactNode, useState } from 'react'
import { useSpeech } from '../i18n/language.tsx'
import { PinEntry, PinNews } from './pin-entry.tsx'
import { isEasyPin } from './pin-rules.ts'

export function PinChoose(props: {
  onChosen: (pin: string) => void
  busy?: boolean
  busyLabel?: string
  news?: ReactNode
}) {
  const { t } = useSpeech()
  const [first, setFirst] = useState<string>()
  const [pin, setPin] = useState('')
  const [problem, setProblem] = useState<'pin.differ' | 'pin.tooEasy'>()
  const submit = () => {
    setPin('')
    setProblem(undefined)
    if (first === undefined) {
      if (isEasyPin(pin)) return setProblem('pin.tooEasy')
      return setFirst(pin)
    }
    setFirst(undefined)
    if (first !== pin) return setProblem('pin.differ')
    props.onChosen(pin)
  }
  const again = first !== undefined
  return (
    <PinEntry
      key={again ? 'again' : 'first'}
      value={pin}
      onChange={setPin}
      onSubmit={submit}
      submitLabel={props.busy && props.busyLabel ? props.busyLabel : t('common.continue')}
      busy={props.busy ?? false}
      news={problem ? <PinNews>{t(problem)}</PinNews> : props.news}
    >
      <h1>{t(again ? 'pin.again' : 'pin.choose')}</h1>
      <p className="lead">{t(again ? 'pin.againText' : 'pin.chooseText')}</p>
    </PinEntry>
  )
}
