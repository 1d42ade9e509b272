/** What the two apps say around the screens, in German. */
import type { appWords as reference } from './words-fr.ts'

export const appWords: Record<keyof typeof reference, string> = {
  'app.starting': 'Pli wird geöffnet',
  'app.newVersion': 'Eine neue Version ist bereit. Laden Sie neu, wann Sie möchten.',
  'app.replaced':
    'Pli hat in einem anderen Tab die Version gewechselt. Laden Sie diesen neu, um fortzufahren.',
  'app.reload': 'Neu laden',
  'app.stopped': 'Pli wurde in diesem Tab beendet',
  'app.stoppedText':
    'Was auf diesem Gerät gespeichert war, ist noch da, und was wartete, geht noch ab. Laden Sie neu, um fortzufahren.',
  'app.somethingWaits': 'Etwas wartet auf Sie.',
  'app.install':
    'Installieren Sie Pli: Es öffnet sich wie eine App, und Ihre Nachrichten bleiben besser erhalten.',
  'app.installAction': 'Installieren',
  'app.pickTitle': 'Wählen Sie ein Gespräch',
  'app.pickText': 'In der Liste, oder schreiben Sie jemand anderem.',
  'app.pickPerson': 'Wählen Sie eine Person',
  'app.pickPersonText': 'Was das Verzeichnis sagt, erscheint hier.',
  'app.you': 'Das sind Sie.',
  'app.context': 'Über diese Person',

  'keys.title': 'Tastenkürzel',
  'keys.show': 'Tastenkürzel',
  'keys.search': 'Suchen',
  'keys.write': 'Jemandem schreiben',
  'keys.next': 'Nächstes Gespräch',
  'keys.previous': 'Voriges Gespräch',
  'keys.person': 'Person des Gesprächs',
  'keys.answer': 'Zum Nachrichtenfeld',
  'keys.send': 'Senden',
  'keys.newLine': 'Neue Zeile',
  'keys.leave': 'Feld verlassen, schließen',
  'keys.lock': 'Sperren',
  'keys.print': 'Gespräch drucken',
  'keys.help': 'Diese Hilfe',
  'keys.or': 'oder',
  'keys.single': 'Kürzel mit einer Taste',
  'keys.singleHint': 'Schalten Sie sie aus, wenn Sie diktieren. Kombinationen bleiben.',
  'keys.enter': 'Eingabe',
  'keys.escape': 'Esc',
  'keys.shift': 'Umschalt',
  'keys.alt': 'Alt',
  'keys.control': 'Strg',
}
