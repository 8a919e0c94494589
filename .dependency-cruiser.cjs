/** Which part of the source may import which. */

/**
 * The libraries, and what each may import of the others. Those of which all imports are libraries that import nothing are
 * publishable with them and know nothing of Nest.
 */
const libraries = {
  asn1: [],
  cms: ['asn1', 'spent-memory'],
  pkcs11: ['asn1', 'idle-memory'],
  certificates: ['asn1'],
  'media-heap': [],
  'idle-memory': [],
  'spent-memory': [],
  'http-answers': ['spent-memory'],
  platform: ['idle-memory'],
  tls: ['certificates', 'platform'],
  contracts: ['platform'],
  grants: ['asn1', 'platform'],
  'key-vault-client': ['contracts', 'grants', 'platform'],
  'media-storage': ['cms', 'http-answers', 'platform', 'spent-memory'],
  'checkpoint-bucket': ['platform', 'tls'],
  store: ['platform', 'idle-memory', 'tls'],
  archive: ['asn1', 'certificates', 'cms', 'platform'],
  accounts: ['store', 'platform'],
};
const pure = ['asn1', 'cms', 'pkcs11', 'certificates'];
const betweenLibraries = Object.entries(libraries).map(([name, imported]) => ({
  name: `${name}-imports-its-libraries-only`,
  severity: 'error',
  from: { path: `^libs/${name}/` },
  to: { path: '^libs/', pathNot: `^libs/(${[name, ...imported].join('|')})/` },
}));

/**
 * The folders of a program from below to above: each imports only those before it. What stands in no folder puts the
 * program together, and nothing imports it. Specs may put together more than what they stand beside.
 */
const folders = {
  'playback-gateway': [
    'dependencies',
    'metrics',
    'redis',
    'http',
    'csrf',
    'cors',
    'sessions',
    'throttling',
    'authentication',
    'access',
    'authorisation',
    'envelopes',
    'grants',
    'workers',
    'vaults',
    'audit',
    'users',
    'settings',
    'media-index',
    'labels',
    'deletion-protection',
    'removal',
    'listeners',
    'interaction-receivers',
    'retention',
    'recordings',
    'hand-over',
    'recording-source',
    'tickets',
    'playback',
    'peaks',
    'media-encryption',
    'certificate-events',
    'certificates',
    'contact-centers',
    'keys',
    'assignments',
    'recipients',
    'rewrap',
    'kept-archives',
    'archive',
    'archive-jobs',
    'custody',
    'local-key-manager',
    'storages',
    'system-state',
    'openapi',
    'console',
  ],
  'key-vault': [
    'metrics',
    'journal',
    'token',
    'callers',
    'witness',
    'keys',
    'key-removal',
    'session-keys',
    'operator',
    'operations',
    'rpc',
  ],
  'decrypt-worker': [
    'identity',
    'metrics',
    'http-semantics',
    'media-session',
    'peaks',
    'key-watch',
    'registration',
    'data-plane',
  ],
};
const oneWay = Object.entries(folders).flatMap(([program, names]) => {
  const source = `apps/${program}/src`;
  return [
    ...names.map((name, place) => ({
      name: `${program}-${name}-imports-nothing-above`,
      severity: 'error',
      from: { path: `^${source}/${name}/`, pathNot: '\\.spec\\.ts$' },
      to: { path: `^${source}/`, pathNot: `^${source}/(${names.slice(0, place + 1).join('|')})/` },
    })),
    {
      name: `${program}-folders-have-a-place`,
      comment: 'A new folder takes its place in the list of this file.',
      severity: 'error',
      from: { path: `^${source}/.+/`, pathNot: `^${source}/(${names.join('|')})/` },
      to: {},
    },
  ];
});

/**
 * Puts gateway and worker into one process, where an operator chooses that. It knows of the worker how it is started, and
 * loads it only then.
 */
const inOneProcess = 'apps/playback-gateway/src/in-process-delivery\\.ts';

module.exports = {
  forbidden: [
    ...oneWay,
    ...betweenLibraries,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'apps-import-no-app',
      comment: 'An app imports libs, never another app.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: `^${inOneProcess}$` },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'one-process-knows-how-a-worker-starts',
      severity: 'error',
      from: { path: `^${inOneProcess}$` },
      to: { path: '^apps/', pathNot: '^apps/decrypt-worker/src/in-process\\.ts$' },
    },
    {
      name: 'the-console-runs-in-browsers',
      comment: 'It knows the server by the description of its API alone.',
      severity: 'error',
      from: { path: '^apps/console/src/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/' },
    },
    {
      name: 'the-console-imports-nothing-of-node',
      severity: 'error',
      from: { path: '^apps/console/src/', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    { name: 'libs-import-no-app', severity: 'error', from: { path: '^libs/' }, to: { path: '^apps/' } },
    {
      name: 'libraries-have-a-place',
      comment: 'A new library takes its place in the list of this file.',
      severity: 'error',
      from: { path: '^libs/', pathNot: `^libs/(${Object.keys(libraries).join('|')})/` },
      to: {},
    },
    {
      name: 'pure-libs-import-no-nest',
      severity: 'error',
      from: { path: `^libs/(${pure.join('|')})/` },
      to: { path: '@nestjs' },
    },
    {
      name: 'libs-through-their-index',
      comment: 'Another library is imported through its index, never by a file inside of it.',
      severity: 'error',
      from: { path: '^(apps|libs)/([^/]+)/' },
      to: { path: '^libs/[^/]+/src/(?!index)', pathNot: '^$1/$2/' },
    },
    {
      name: 'token-only-in-the-vault',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '^(apps/(key-vault|rcsctl)|libs/pkcs11)/' },
      to: { path: '^(libs/pkcs11/|node_modules/pkcs11js)' },
    },
    {
      name: 'no-media-in-the-vault',
      severity: 'error',
      from: { path: '^apps/key-vault/' },
      to: { path: '^libs/(media-storage|store)/' },
    },
    {
      name: 'production-code-imports-no-test',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '\\.spec\\.ts$' },
      to: { path: '(^test/|\\.spec\\.ts$)' },
    },
    {
      name: 'no-orphan-packages',
      severity: 'error',
      // What the console imports is a part of its files: nothing of it is installed where they are served.
      from: { path: '^(apps|libs)/', pathNot: '(^apps/console/|\\.spec\\.ts$|/testing/)' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    { name: 'everything-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
