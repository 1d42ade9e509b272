/**
 * What a push says on the screen: that something waits, and no more. Urgency, names and content are not known before
 * the app is unlocked, and must not stand on a lock screen. Not concerned with receiving the push.
 */
export interface Notice {
  title: string
  body: string
}

const bodies: Record<string, string> = {
  fr: 'Un message vous attend. Ouvrez Pli pour le lire.',
  nl: 'Er wacht een bericht op u. Open Pli om het te lezen.',
  de: 'Eine Nachricht wartet auf Sie. Öffnen Sie Pli, um sie zu lesen.',
  en: 'A message waits for you. Open Pli to read it.',
}

/** The app's own language setting is sealed with the rest; the browser's is all that can be asked here. */
export function noticeFor(languages: readonly string[]): Notice {
  const body = languages
    .map((tag) => bodies[tag.slice(0, 2).toLowerCase()])
    .find((text) => text !== undefined)
  return { title: 'Pli', body: body ?? (bodies.en as string) }
}
