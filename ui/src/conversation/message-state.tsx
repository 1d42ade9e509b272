/**
 * A letter on its way, as glyph and word: waiting here, with the relay, on their device, opened, answered.
 * Source: `OutgoingState` of the messenger. Green only for what the other side confirmed by answering.
 */
import type { OutgoingState, StateTimes } from '@pli/client'
import type { MessageKey } from '../i18n/catalogue.ts'
import { useSpeech } from '../i18n/language.tsx'
import type { Translate } from '../i18n/translator.ts'
import { Icon, type IconName } from '../icons/icon.tsx'

const glyphOf: Readonly<Record<OutgoingState['state'], IconName>> = {
  waiting: 'st-wait',
  relayed: 'st-relay',
  delivered: 'st-device',
  opened: 'st-open',
  answered: 'st-answered',
  expired: 'st-failed',
  failed: 'st-failed',
}

const toneOf: Partial<Record<OutgoingState['state'], string>> = {
  waiting: 'state--wait',
  answered: 'state--answered',
  expired: 'state--failed',
  failed: 'state--failed',
}

/** 0 to 100; undefined when nothing is being uploaded. */
export function uploadPercent(outgoing: OutgoingState): number | undefined {
  if (outgoing.state !== 'waiting' || !outgoing.totalBytes || outgoing.uploadedBytes === undefined) return
  return Math.min(100, Math.floor((100 * outgoing.uploadedBytes) / outgoing.totalBytes))
}

export function stateWord(t: Translate, outgoing: OutgoingState): string {
  const percent = uploadPercent(outgoing)
  return percent === undefined ? t(`state.${outgoing.state}`) : t('state.sending', { percent })
}

export function MessageState({ outgoing }: { outgoing: OutgoingState }) {
  const { t } = useSpeech()
  const tone = toneOf[outgoing.state]
  return (
    <span className={tone ? `state ${tone}` : 'state'}>
      <Icon name={glyphOf[outgoing.state]} size="xs" />
      {stateWord(t, outgoing)}
    </span>
  )
}

const steps: readonly [keyof StateTimes, MessageKey, IconName][] = [
  ['waitingAtMs', 'state.waiting', 'st-wait'],
  ['relayedAtMs', 'state.relayed', 'st-relay'],
  ['deliveredAtMs', 'state.delivered', 'st-device'],
  ['openedAtMs', 'state.opened', 'st-open'],
  ['answeredAtMs', 'state.answered', 'st-answered'],
]

/** The whole way, with times. "Opened" is left out once the letter was answered without it: it was not allowed. */
export function MessagePath({ times }: { times: StateTimes }) {
  const { t, format } = useSpeech()
  const unopened = times.answeredAtMs !== undefined && times.openedAtMs === undefined
  const shown = steps.filter(([field]) => !(unopened && field === 'openedAtMs'))
  const last = shown.findLast(([field]) => times[field] !== undefined)?.[0]
  const unseen = times.deliveredAtMs !== undefined && times.openedAtMs === undefined && !unopened
  return (
    <>
      <ol className="steps" aria-label={t('state.path')}>
        {shown.map(([field, word, glyph]) => {
          const atMs = times[field]
          return (
            <li key={field} className={stepTone(field, atMs, last)}>
              <span>
                <Icon name={glyph} size="xs" />
                {t(word)}
              </span>
              {atMs === undefined ? <span>{t('state.notYet')}</span> : <time>{format.time(atMs)}</time>}
            </li>
          )
        })}
      </ol>
      {unseen && <p className="field__hint">{t('state.openedHint')}</p>}
    </>
  )
}

function stepTone(field: keyof StateTimes, atMs: number | undefined, last: keyof StateTimes | undefined) {
  if (atMs === undefined) return 'is-todo'
  if (field !== last) return
  return field === 'answeredAtMs' ? 'is-now is-safe' : 'is-now'
}
