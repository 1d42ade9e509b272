/**
 * Purpose: the sandbox provider's login page: plain HTML, no script, in the reader's language, light and dark.
 * Not concerned with who may sign in (`people.ts`) or with the requests around it (`login-routes.ts`).
 */
import { createHash } from 'node:crypto'

export type PageLanguage = 'fr' | 'nl' | 'en'

export interface LoginChoice {
  slug: string
  name: string
  description: string
}

export interface LoginPage {
  language: PageLanguage
  choices: LoginChoice[]
  /** What was typed and could not be signed in. */
  refusedEntry?: string
}

const words = {
  fr: {
    title: 'Se connecter',
    invented: 'Fournisseur d’identité d’essai. Toutes ces personnes sont inventées.',
    choose: 'Qui êtes-vous ?',
    other: 'Une autre personne inventée',
    otherHint: 'Son nom court (nathalie) ou son numéro dans l’annuaire.',
    signIn: 'Se connecter',
    cancel: 'Annuler',
    refused: 'Aucune personne inventée ne porte ce nom, ou aucun numéro ne répond d’elle.',
  },
  nl: {
    title: 'Aanmelden',
    invented: 'Identiteitsprovider om te proberen. Al deze mensen zijn verzonnen.',
    choose: 'Wie bent u?',
    other: 'Iemand anders die verzonnen is',
    otherHint: 'De korte naam (nathalie) of het nummer in de gids.',
    signIn: 'Aanmelden',
    cancel: 'Annuleren',
    refused: 'Niemand heet zo, of geen nummer kan het bewijzen.',
  },
  en: {
    title: 'Sign in',
    invented: 'An identity provider to try things with. All these people are invented.',
    choose: 'Who are you?',
    other: 'Another invented person',
    otherHint: 'Their short name (nathalie) or their id in the directory.',
    signIn: 'Sign in',
    cancel: 'Cancel',
    refused: 'Nobody goes by that name, or no number can vouch for them.',
  },
} satisfies Record<PageLanguage, Record<string, string>>

const style = `
:root { color-scheme: light dark; --ink: #1b1a21; --muted: #5d5b65; --canvas: #f3f2ef; --surface: #fff;
  --line: #85828b; --accent: #41378c; --on-accent: #fff; --urgent: #8f1b12 }
@media (prefers-color-scheme: dark) { :root { --ink: #f0eff4; --muted: #b5b2bf; --canvas: #15141a;
  --surface: #211f28; --line: #85828f; --accent: #b9b0f5; --on-accent: #1b1640; --urgent: #ffb4a9 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--canvas); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif }
main { max-width: 30rem; margin: 0 auto; padding: 2rem 1rem }
h1 { margin: 0; font-size: 1.5rem }
h2 { margin: 1.5rem 0 .5rem; font-size: 1rem }
p { margin: .25rem 0; color: var(--muted) }
ul { list-style: none; margin: 0; padding: 0; display: grid; gap: .5rem }
button, input { font: inherit; min-height: 2.75rem; border-radius: .5rem; border: 1px solid var(--line);
  background: var(--surface); color: var(--ink); padding: .5rem .75rem; width: 100% }
ul button { text-align: start; cursor: pointer }
ul button span { display: block; color: var(--muted); font-size: .875rem }
button:hover { border-color: var(--accent) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
label { display: block; font-weight: 600; margin: 0 0 .25rem }
.row { display: grid; grid-template-columns: 1fr auto; gap: .5rem; margin-top: .5rem }
.row button { background: var(--accent); border-color: var(--accent); color: var(--on-accent); cursor: pointer }
.cancel { margin-top: 1.5rem; cursor: pointer }
.refused { color: var(--urgent); font-weight: 600 }
`

/** What a content security policy needs to let exactly this style through. */
export const loginStyleHash = `'sha256-${createHash('sha256').update(style).digest('base64')}'`

/** A whole HTML document. Forms post to the page's own address: `person` is a slug or an id, `cancel` gives up. */
export function renderLoginPage({ language, choices, refusedEntry }: LoginPage): string {
  const say = words[language]
  const refused =
    refusedEntry === undefined ? '' : `<p class="refused" id="refused" role="alert">${say.refused}</p>`
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${say.title}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${say.title}</h1>
<p>${say.invented}</p>
<h2 id="choose">${say.choose}</h2>
<form method="post">
<ul aria-labelledby="choose">${choices.map(renderChoice).join('')}</ul>
</form>
<form method="post">
<h2><label for="person">${say.other}</label></h2>
<p id="hint">${say.otherHint}</p>
${refused}
<div class="row">
<input id="person" name="person" required maxlength="60" autocomplete="off" autocapitalize="none" spellcheck="false"
 aria-describedby="hint${refusedEntry === undefined ? '' : ' refused'}" value="${escapeHtml(refusedEntry ?? '')}">
<button>${say.signIn}</button>
</div>
</form>
<form method="post"><button class="cancel" name="cancel" value="yes">${say.cancel}</button></form>
</main>
</body>
</html>
`
}

function renderChoice({ slug, name, description }: LoginChoice): string {
  return `<li><button name="person" value="${escapeHtml(slug)}">${escapeHtml(name)}<span>${escapeHtml(description)}</span></button></li>`
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
