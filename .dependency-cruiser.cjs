// Who may import whom: the table in ARCHITECTURE.md, as rules that fail the build.
// Each package may reach only what its rule lists; a package's inside is never reached from outside its exports map.

const TESTS = '[.-]test\\.tsx?$|/suite\\.tsx?$|/testing/|/bench/|/fuzz/'

/** `from` (outside tests) may import nothing of ours but itself and `allowed`. */
const only = (name, comment, from, allowed) => ({
  name,
  comment,
  severity: 'error',
  from: { path: `^${from}/`, pathNot: TESTS },
  to: {
    path: '^(protocol|crypto|directory|server|client|ui|web|mobile-pwa|test)/',
    pathNot: `^(${[from, ...allowed].join('|')})/`,
  },
})

/** `from` may use no npm package but those that match `allowed`. */
const packages = (name, comment, from, allowed) => ({
  name,
  comment,
  severity: 'error',
  from: { path: `^${from}/src/`, pathNot: TESTS },
  to: {
    dependencyTypes: ['npm', 'npm-dev', 'npm-peer', 'npm-optional', 'npm-no-pkg'],
    pathNot: `node_modules/(${allowed.join('|')})/`,
  },
})

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'Data flows one way through the house. (Types may know each other.)',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      severity: 'error',
      comment: 'What is imported exists and is declared.',
      from: {},
      to: { couldNotResolve: true },
    },
    only('protocol-alone', 'The contract depends on nobody.', 'protocol', []),
    packages('protocol-packages', 'The contract is zod schemas.', 'protocol', ['zod']),
    only('crypto-alone', 'Cryptography depends on nobody.', 'crypto', []),
    packages('crypto-packages', 'Cryptography rests on the audited noble primitives alone.', 'crypto', [
      '@noble/[^/]+',
    ]),
    only('directory-alone', 'The directory knows no relay and no messenger.', 'directory', []),
    packages('directory-packages', 'zod and an XML library.', 'directory', ['zod', 'saxes']),
    only('server-rooms', 'The relay knows the wire and the directory; never crypto.', 'server', [
      'protocol',
      'directory',
    ]),
    {
      name: 'server-never-content',
      comment: 'The relay must not even know what is inside an envelope.',
      severity: 'error',
      from: { path: '^server/' },
      to: { path: '^protocol/src/content/|^crypto/' },
    },
    {
      name: 'domain-knows-no-transport',
      comment: 'server/domain knows no Express, no socket, no database.',
      severity: 'error',
      from: { path: '^server/src/domain/', pathNot: TESTS },
      to: {
        path: '^server/src/(transport|storage/(embedded|mongo))/|node_modules/(express|socket\\.io|libsql|mongoose|mongodb)/',
      },
    },
    {
      name: 'transport-never-storage',
      comment: 'A socket or a request reaches storage only through the domain.',
      severity: 'error',
      from: { path: '^server/src/transport/', pathNot: TESTS },
      to: { path: '^server/src/storage/(embedded|mongo)/' },
    },
    only('client-rooms', 'The messenger knows the contract and crypto.', 'client', ['protocol', 'crypto']),
    {
      name: 'native-engine-only',
      comment: 'Only engine-native may import libsignal: no browser can run it.',
      severity: 'error',
      from: {
        path: '^(client|ui|web|mobile-pwa|crypto)/src/',
        pathNot: `^client/src/engine-native/|${TESTS}`,
      },
      to: { path: 'node_modules/@signalapp/libsignal-client/|^client/src/engine-native/' },
    },
    {
      name: 'node-only-parts',
      comment: 'The browser parts of the client reach neither its Node face nor sharp.',
      severity: 'error',
      from: { path: '^client/src/', pathNot: `^client/src/(node|engine-native)/|/node[^/]*\\.ts$|${TESTS}` },
      to: { path: '^client/src/node/|node_modules/sharp/' },
    },
    {
      name: 'ui-types-only',
      comment: 'A screen never touches crypto, the engine or the wire: it sees the messenger as types.',
      severity: 'error',
      from: { path: '^ui/src/', pathNot: TESTS },
      to: { path: '^(protocol|client|crypto|server|directory)/', dependencyTypesNot: ['type-only'] },
    },
    only('ui-rooms', 'Screens know the messenger and the contract.', 'ui', ['protocol', 'client']),
    only('web-rooms', 'The desk app frames screens over the messenger.', 'web', ['client', 'ui', 'protocol']),
    only('phone-rooms', 'The phone app frames screens over the messenger.', 'mobile-pwa', [
      'client',
      'ui',
      'protocol',
    ]),
    {
      name: 'nobody-imports-tests',
      severity: 'error',
      from: { path: '^(protocol|crypto|directory|server|client|ui|web|mobile-pwa)/', pathNot: TESTS },
      to: { path: `^test/|${TESTS}` },
    },
    {
      name: 'no-deep-imports',
      comment: 'The exports map is the public surface; another package is entered only by it.',
      severity: 'error',
      from: { path: '^([^/]+)/' },
      to: {
        path: '^(protocol|crypto|directory|server|client|ui|web|mobile-pwa)/src/',
        pathNot: [
          '^$1/',
          '^protocol/src/(wire|content)/index\\.ts$',
          '^(crypto|directory|ui|client)/src/index\\.ts$',
          '^directory/src/(sandbox|sandbox-server|cobrha|fhir|store|sync|annuaire-sante|therapeutic-links)/index\\.ts$',
          '^directory/src/store/suite\\.ts$',
          '^(client|crypto|server)/src/testing/index\\.ts$',
          '^server/src/app\\.ts$',
          '^client/src/(engine-native|node)/index\\.ts$',
          '^client/src/(worker|service-worker)/',
          '^ui/src/[^/]*\\.css$',
        ],
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^[^/]+/dist/|^artefacts/' },
    tsPreCompilationDeps: true,
    parser: 'tsc',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'browser', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json', '.css'],
    },
  },
}
