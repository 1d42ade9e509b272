/**
 * Those who are not in the directory and ask this person to answer for them: a card each, above the letters; on Sundays
 * under a reminder. Fetched when somebody asks.
 */
import type { Guarantee, GuaranteeList } from '@pli/protocol/wire'
import { useId, useState } from 'react'
import { useNow } from '../hooks/use-now.ts'
import { useSpeech } from '../i18n/language.tsx'
import { Icon } from '../icons/icon.tsx'
import { AcceptDialog, nameOf, RefuseDialog } from './decision-dialogs.tsx'
import { useGuarantorWords } from './use-guarantor-words.ts'

const MINUTE_MS = 60_000

export default function GuaranteeRequests({ list }: { list: GuaranteeList }) {
  const say = useGuarantorWords()
  const id = useId()
  const now = useNow(MINUTE_MS)
  const pending = list.guarantees.filter(({ state }) => state === 'pending')
  const isSunday = new Date(now).getDay() === 0
  const reminder = pending.length === 1 ? 'card.sundayOne' : 'card.sunday'
  return (
    <section className="asked" aria-labelledby={id}>
      <h2 id={id}>{isSunday ? say(reminder, { count: pending.length }) : say('card.title')}</h2>
      {pending.map((guarantee) => (
        <Card key={guarantee.guaranteeId} guarantee={guarantee} />
      ))}
    </section>
  )
}

function Card({ guarantee }: { guarantee: Guarantee }) {
  const say = useGuarantorWords()
  const { format } = useSpeech()
  const [asking, setAsking] = useState<'accept' | 'refuse'>()
  const { profession, organisation, place } = guarantee.applicant
  const name = nameOf(guarantee)
  const close = () => setAsking(undefined)
  return (
    <article className="panel">
      <h3>{name}</h3>
      <p>
        {profession} · {organisation ? `${organisation}, ${place}` : place}
      </p>
      <p className="small muted">{say('card.asked', { date: format.date(guarantee.requestedAtMs) })}</p>
      <p className="small">
        <Icon name="key" size="xs" /> {say('card.lead')}
      </p>
      <div className="asked__actions">
        <button
          type="button"
          className="btn"
          aria-label={say('card.refuseWho', { name })}
          onClick={() => setAsking('refuse')}
        >
          {say('card.refuse')}
        </button>
        <button
          type="button"
          className="btn btn--primary"
          aria-label={say('card.acceptWho', { name })}
          onClick={() => setAsking('accept')}
        >
          {say('card.accept')}
        </button>
      </div>
      {asking === 'accept' && <AcceptDialog guarantee={guarantee} onClose={close} />}
      {asking === 'refuse' && <RefuseDialog guarantee={guarantee} onClose={close} />}
    </article>
  )
}
