/**
 * The words of the patient check. Here and not in the catalogues: they are fetched with the check, which few open, and
 * not with the first screen.
 */
import type { Language, PatientCheck } from '@pli/client'

export interface CheckWords {
  open: string
  title: string
  /** Who is asked, and what becomes of the number. */
  about: (service: string) => string
  number: string
  check: string
  close: string
  outcome: Record<PatientCheck, (colleague: string) => string>
}

export const checkWords: Readonly<Record<Language, CheckWords>> = {
  fr: {
    open: 'Vérifier le lien thérapeutique',
    title: 'Ce confrère peut-il savoir ?',
    about: (service) =>
      `La question va directement à ${service}, jamais par le relais. Le numéro n’est gardé nulle part.`,
    number: 'Numéro national du patient',
    check: 'Vérifier',
    close: 'Fermer',
    outcome: {
      link: (name) => `${name} a un lien thérapeutique avec ce patient.`,
      no_link: (name) =>
        `${name} n’a pas de lien thérapeutique avec ce patient. Ne l’identifiez que s’il le faut.`,
      excluded: (name) => `Ce patient a exclu ${name}. N’écrivez rien qui permette de l’identifier.`,
      unavailable: () =>
        'Pas de réponse : on ne sait pas si ce patient a exclu ce confrère. Réessayez avant d’identifier le patient.',
      not_a_number: () => 'Ce n’est pas un numéro national : onze chiffres, dont deux de contrôle.',
    },
  },
  nl: {
    open: 'Therapeutische relatie nagaan',
    title: 'Mag deze collega het weten?',
    about: (service) =>
      `De vraag gaat rechtstreeks naar ${service}, nooit via de relay. Het nummer wordt nergens bewaard.`,
    number: 'Rijksregisternummer van de patiënt',
    check: 'Nagaan',
    close: 'Sluiten',
    outcome: {
      link: (name) => `${name} heeft een therapeutische relatie met deze patiënt.`,
      no_link: (name) =>
        `${name} heeft geen therapeutische relatie met deze patiënt. Identificeer die alleen als het moet.`,
      excluded: (name) =>
        `Deze patiënt heeft ${name} uitgesloten. Schrijf niets waaraan men de patiënt herkent.`,
      unavailable: () =>
        'Geen antwoord: het is niet geweten of deze patiënt deze collega heeft uitgesloten. Probeer opnieuw voor u de patiënt identificeert.',
      not_a_number: () => 'Dit is geen rijksregisternummer: elf cijfers, waarvan twee controlecijfers.',
    },
  },
  en: {
    open: 'Check the therapeutic link',
    title: 'May this colleague know?',
    about: (service) =>
      `The question goes straight to ${service}, never through the relay. The number is kept nowhere.`,
    number: 'National number of the patient',
    check: 'Check',
    close: 'Close',
    outcome: {
      link: (name) => `${name} has a therapeutic link with this patient.`,
      no_link: (name) => `${name} has no therapeutic link with this patient. Identify them only if you must.`,
      excluded: (name) => `This patient has excluded ${name}. Write nothing that tells who the patient is.`,
      unavailable: () =>
        'No answer: it is not known whether this patient has excluded this colleague. Try again before you identify the patient.',
      not_a_number: () => 'This is no national number: eleven digits, two of them check digits.',
    },
  },
  de: {
    open: 'Therapeutische Beziehung prüfen',
    title: 'Darf diese Person es wissen?',
    about: (service) =>
      `Die Frage geht direkt an ${service}, nie über das Relay. Die Nummer wird nirgends aufbewahrt.`,
    number: 'Nationalnummer des Patienten',
    check: 'Prüfen',
    close: 'Schließen',
    outcome: {
      link: (name) => `${name} hat eine therapeutische Beziehung zu diesem Patienten.`,
      no_link: (name) =>
        `${name} hat keine therapeutische Beziehung zu diesem Patienten. Nennen Sie ihn nur, wenn es sein muss.`,
      excluded: (name) =>
        `Dieser Patient hat ${name} ausgeschlossen. Schreiben Sie nichts, woran man den Patienten erkennt.`,
      unavailable: () =>
        'Keine Antwort: Es ist nicht bekannt, ob dieser Patient diese Person ausgeschlossen hat. Versuchen Sie es erneut, bevor Sie den Patienten nennen.',
      not_a_number: () => 'Das ist keine Nationalnummer: elf Ziffern, davon zwei Prüfziffern.',
    },
  },
}
