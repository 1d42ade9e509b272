/** The table of shortcuts as a dialog, with the switch for single keys. Fetched when it is first asked for. */
import { Dialog, type MessageKey, useSpeech } from '@pli/ui'
import { useId } from 'react'
import { shortcutNames, shortcuts } from './shortcuts.ts'

export interface ShortcutHelpProps {
  singleKeys: boolean
  onSingleKeys: (on: boolean) => void
  onClose: () => void
}

const arrows: Record<string, string> = { ArrowDown: '↓', ArrowUp: '↑' }

export default function ShortcutHelp(props: ShortcutHelpProps) {
  const { t } = useSpeech()
  const hintId = useId()
  return (
    <Dialog title={t('keys.title')} onClose={props.onClose}>
      <dl className="keys">
        {shortcutNames.map((name) => {
          const { single, alt, always, words } = shortcuts[name]
          const ways: string[][] = []
          if (single !== undefined && props.singleKeys)
            ways.push([single === '?' ? '?' : single.toUpperCase()])
          if (alt !== undefined) ways.push([t('keys.alt'), arrows[alt] ?? alt.replace('Key', '')])
          if (always !== undefined) ways.push([t('keys.escape')])
          return <Line key={name} words={words} ways={ways} />
        })}
        <Line words="keys.send" ways={[[t('keys.enter')]]} />
        <Line words="keys.newLine" ways={[[t('keys.shift'), t('keys.enter')]]} />
        <Line words="keys.print" ways={[[t('keys.control'), 'P']]} />
      </dl>
      <label className="choice">
        <input
          type="checkbox"
          checked={props.singleKeys}
          aria-describedby={hintId}
          onChange={(event) => props.onSingleKeys(event.target.checked)}
        />
        <span>
          {t('keys.single')}
          <small id={hintId} className="field__hint keys__hint">
            {t('keys.singleHint')}
          </small>
        </span>
      </label>
      <div className="dialog__actions">
        <button type="button" className="btn btn--primary" onClick={props.onClose}>
          {t('common.close')}
        </button>
      </div>
    </Dialog>
  )
}

function Line({ words, ways }: { words: MessageKey; ways: string[][] }) {
  const { t } = useSpeech()
  return (
    <div className="keys__line">
      <dt>{t(words)}</dt>
      <dd>
        {ways.map((way, index) => (
          <span key={way.join('+')}>
            {index > 0 && <span className="muted small"> {t('keys.or')} </span>}
            {way.map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </span>
        ))}
      </dd>
    </div>
  )
}
