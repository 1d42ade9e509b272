/** Somebody as a row one picks: what was typed is underlined, homonyms are told apart by profession, place and number. */
import type { DirectoryPerson } from '@pli/protocol/wire'
import { useSpeech } from '../i18n/language.tsx'
import { Icon } from '../icons/icon.tsx'
import { Avatar } from './avatar.tsx'
import { Highlight } from './highlight.tsx'
import { fullName, mainRole, roleTitle, roleWhere, vouchedLine, writeNihii } from './person-facts.ts'
import { TrustBadges } from './trust-badges.tsx'

const ROLES_SHOWN = 3

export interface PersonChoiceProps {
  person: DirectoryPerson
  typed: string
  picked: boolean
  /** Shows the register's number, for finding oneself. */
  withNumber: boolean
  /** Says who cannot be written to. */
  sayUnreachable: boolean
}

export function PersonChoice(props: PersonChoiceProps) {
  const speech = useSpeech()
  const { person, typed } = props
  const active = person.roles.filter((role) => role.active)
  const roles = (active.length > 0 ? active : person.roles).slice(0, ROLES_SHOWN)
  const nihii = mainRole(person)?.nihii8
  return (
    <>
      <Avatar person={person} />
      <span className="person__body">
        <span className="person__name">
          <Highlight text={fullName(speech, person)} typed={typed} />
        </span>
        {roles.map((role) => (
          <span className="person__facts" key={role.roleId}>
            {roleTitle(speech, role)} · <Highlight text={roleWhere(speech, role)} typed={typed} />
          </span>
        ))}
        {person.vouched && !props.sayUnreachable && (
          <span className="person__facts strong">{vouchedLine(speech, person.vouched)}</span>
        )}
        {props.withNumber && nihii && (
          <span className="person__facts num muted">
            {speech.t('person.nihii')} {writeNihii(nihii)}
          </span>
        )}
      </span>
      {props.sayUnreachable ? (
        <span className="badges badges--end">
          <TrustBadges person={person} />
          {!person.accountId && <span className="small muted">{speech.t('person.notReachable')}</span>}
        </span>
      ) : (
        <span>{props.picked && <Icon name="check" />}</span>
      )}
    </>
  )
}
