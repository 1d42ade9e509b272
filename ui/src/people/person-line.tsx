/** Avatar, name, profession and place: how somebody is named anywhere outside a list of choices. */
import type { DirectoryPerson } from '@pli/protocol/wire'
import { useSpeech } from '../i18n/language.tsx'
import { Avatar } from './avatar.tsx'
import { fullName, personLine } from './person-facts.ts'

export function PersonLine(props: { person: DirectoryPerson; heading?: 'h1' | 'h2' }) {
  const speech = useSpeech()
  const Name = props.heading ?? 'b'
  return (
    <span className="who">
      <Avatar person={props.person} size="sm" />
      <span className="who__text">
        <Name>{fullName(speech, props.person)}</Name>
        <span className="who__facts">{personLine(speech, props.person)}</span>
      </span>
    </span>
  )
}
