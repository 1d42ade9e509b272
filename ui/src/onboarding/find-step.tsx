/** "Find yourself in the directory": homonyms side by side, the register's number to tell them apart. */
import type { DirectoryQuery, RelayConfig } from '@pli/protocol/wire'
import { useCallback, useEffect, useState } from 'react'
import { usePli } from '../hooks/pli-context.tsx'
import { useSpeech } from '../i18n/language.tsx'
import { PeopleSearch } from '../people/people-search.tsx'
import { fullName, placeName } from '../people/person-facts.ts'
import type { Picked } from '../screens/onboarding-flow.tsx'

export function FindStep({
  onPicked,
  onNotListed,
}: {
  onPicked: (picked: Picked) => void
  onNotListed: () => void
}) {
  const speech = useSpeech()
  const { t } = speech
  const pli = usePli()
  const [picked, setPicked] = useState<Picked>()
  const search = useCallback((query: DirectoryQuery) => pli.searchDirectory(query), [pli])
  return (
    <>
      <div className="screen__scroll">
        <div className="stack">
          <div>
            <h1 className="big-title">{t('onboarding.findTitle')}</h1>
            <p className="lead">{t('onboarding.findText')}</p>
          </div>
          <PeopleSearch
            search={search}
            layout="fields"
            withNumber
            autoFocus
            pickedId={picked?.personId}
            onPick={(person) => setPicked({ personId: person.personId, name: fullName(speech, person) })}
            start={<SandboxPeople onPick={onPicked} />}
          />
        </div>
      </div>
      <div className="dock">
        <button
          type="button"
          className="btn btn--primary btn--lg"
          aria-disabled={!picked}
          onClick={() => picked && onPicked(picked)}
        >
          {picked ? t('onboarding.itIsMe', { name: picked.name }) : t('onboarding.pickFirst')}
        </button>
        <button type="button" className="btn btn--quiet" onClick={onNotListed}>
          {t('onboarding.notListed')}
        </button>
      </div>
    </>
  )
}

/** Only where the directory and the identity provider are the sandbox's. */
function SandboxPeople({ onPick }: { onPick: (picked: Picked) => void }) {
  const { t, language } = useSpeech()
  const pli = usePli()
  const [people, setPeople] = useState<NonNullable<RelayConfig['sandbox']>['people']>([])
  useEffect(() => {
    let wanted = true
    pli.relayConfig().then(
      (config) => wanted && setPeople(config.sandbox?.people ?? []),
      () => undefined,
    )
    return () => {
      wanted = false
    }
  }, [pli])
  if (people.length === 0) return <p className="lead">{t('search.start')}</p>
  return (
    <section className="vstack">
      <h2 className="field__label">{t('onboarding.sandbox')}</h2>
      <div className="combo__list">
        {people.map((person) => (
          <button
            key={person.personId}
            type="button"
            className="person"
            onClick={() => onPick({ personId: person.personId, name: person.displayName })}
          >
            <span className="person__body person__body--alone">
              <span className="person__name">{person.displayName}</span>
              <span className="person__facts">
                {t(`profession.${person.profession}`)} · {placeName(person.place, language)}
              </span>
            </span>
          </button>
        ))}
      </div>
    </section>
  )
}
