/** Why we believe who somebody is, and whether one can write to them: always a glyph and a word. */
import type { DirectoryPerson } from '@pli/protocol/wire'
import { useSpeech } from '../i18n/language.tsx'
import { Icon } from '../icons/icon.tsx'
import { mainRole, vouchedUntil } from './person-facts.ts'

export function TrustBadges({ person }: { person: DirectoryPerson }) {
  const speech = useSpeech()
  const { t } = speech
  const practises = mainRole(person)?.active === true && !person.deceased
  return (
    <>
      {practises && person.vouched ? (
        <span className="badge badge--vouch">
          <Icon name="user" size="xs" />
          {vouchedUntil(speech, person.vouched)}
        </span>
      ) : practises ? (
        <span className="badge badge--reg">
          <Icon name="verified" size="xs" />
          {t('person.register')}
        </span>
      ) : (
        <span className="badge badge--none">
          <Icon name="alert" size="xs" />
          {t(person.deceased ? 'person.deceased' : 'person.inactive')}
        </span>
      )}
      {person.accountId && (
        <span className="badge badge--here">
          <Icon name="device" size="xs" />
          {t('person.reachable')}
        </span>
      )}
    </>
  )
}
