/** Who somebody is, as the directory says: large at the top of their page, then every role and number. */
import type { DirectoryPerson } from '@pli/protocol/wire'
import { useSpeech } from '../i18n/language.tsx'
import { Avatar } from './avatar.tsx'
import { fullName, mainRole, placeName, roleTitle, roleWhere, writeNihii } from './person-facts.ts'
import { TrustBadges } from './trust-badges.tsx'

export function PersonPortrait({ person }: { person: DirectoryPerson }) {
  const speech = useSpeech()
  const role = mainRole(person)
  return (
    <div className="portrait">
      <Avatar person={person} size="lg" />
      <div>
        <h2>{fullName(speech, person)}</h2>
        {role && (
          <p className="lead">
            {roleTitle(speech, role)}
            <br />
            {roleWhere(speech, role)}
          </p>
        )}
        <p className="badges">
          <TrustBadges person={person} />
        </p>
      </div>
    </div>
  )
}

export function PersonFactsPanel({ person }: { person: DirectoryPerson }) {
  const speech = useSpeech()
  const { t } = speech
  const numbers = [...new Set(person.roles.flatMap((role) => (role.nihii8 ? [role.nihii8] : [])))]
  return (
    <section className="panel">
      <h2>{t(person.vouched ? 'personScreen.stated' : 'personScreen.facts')}</h2>
      <ul className="places">
        {person.roles.map((role) => (
          <li key={role.roleId}>
            <b>{role.organisation ?? roleTitle(speech, role)}</b>
            <small>
              {roleTitle(speech, role)} · {role.place.postcode} {placeName(role.place, speech.language)}
              {!role.active && ` · ${t('person.inactive')}`}
            </small>
          </li>
        ))}
      </ul>
      {numbers.length > 0 && (
        <dl className="facts">
          <dt>{t('person.nihii')}</dt>
          <dd className="num">{numbers.map(writeNihii).join(', ')}</dd>
        </dl>
      )}
    </section>
  )
}
