// Cities whose name people also say for the municipalities around them: who types Bruxelles may mean Ixelles.
// Source: the nineteen municipalities of the Brussels-Capital Region, and the built-up areas of four more cities; the
// names are those of data/municipalities.tsv in Dutch. What is not in the table (merged since) is left out.
// Not concerned with what people type (places.ts), nor with who of them comes first: the city itself does.

import { readTable } from '../tables.ts'

const AROUND: Readonly<Record<string, string>> = {
  Brussel:
    'Anderlecht,Oudergem,Sint-Agatha-Berchem,Etterbeek,Evere,Vorst,Ganshoren,Elsene,Jette,Koekelberg,Sint-Jans-Molenbeek,Sint-Gillis,Sint-Joost-ten-Node,Schaarbeek,Ukkel,Watermaal-Bosvoorde,Sint-Lambrechts-Woluwe,Sint-Pieters-Woluwe',
  Antwerpen: 'Mortsel,Edegem,Wijnegem,Wommelgem,Schoten,Brasschaat,Kontich,Hove,Boechout,Aartselaar,Hemiksem',
  Gent: 'Merelbeke-Melle,Destelbergen,Evergem,Lochristi',
  Luik: 'Seraing,Herstal,Ans,Flémalle,Grâce-Hollogne,Chaudfontaine,Beyne-Heusay,Fléron,Saint-Nicolas,Esneux',
  Charleroi: "Châtelet,Farciennes,Fleurus,Courcelles,Gerpinnes,Montigny-le-Tilleul,Fontaine-l'Evêque",
}

/** NSI code of each city → NSI codes around it. */
export function readAgglomerations(): ReadonlyMap<string, readonly string[]> {
  const nsiOf = new Map<string, string>()
  for (const [nsi = '', nl = ''] of readTable('municipalities')) if (!nsiOf.has(nl)) nsiOf.set(nl, nsi)
  return new Map(
    Object.entries(AROUND).flatMap(([city, around]) => {
      const nsi = nsiOf.get(city)
      return nsi === undefined ? [] : [[nsi, around.split(',').flatMap((name) => nsiOf.get(name) ?? [])]]
    }),
  )
}
