/** Who the demo's people are, as the sandbox's relay names them. */
import { answer, type PersonId, relayConfig, routes } from '@pli/protocol/wire'

export type DemoPeople = (slug: string) => { slug: string; personId: PersonId }

export async function readDemoConfig(relayUrl: string): Promise<DemoPeople> {
  const response = await fetch(relayUrl + routes.config)
  const config = answer(relayConfig).parse(await response.json())
  if (!config.ok || config.value.sandbox === undefined) throw new Error('this relay is no sandbox')
  const { people } = config.value.sandbox
  return (slug) => {
    const person = people.find((one) => one.slug === slug)
    if (person === undefined) throw new Error(`the sandbox has no ${slug}`)
    return { slug, personId: person.personId }
  }
}
