/** Unit tests stand beside the code; integration, e2e and resilience tests run the real parts and take their time. */
const esmPackages = [
  '@nestjs',
  'cookie',
  'file-type',
  'uint8array-extras',
  'strtok3',
  'token-types',
  '@tokenizer',
  'load-esm',
  'jose',
  'openid-client',
  'oauth4webapi',
  'uid',
  'p-limit',
  'yocto-queue',
  // Imports node:http when it first sends, which Jest can only do for what it compiles itself.
  '@opentelemetry/otlp-exporter-base',
];

const base = {
  rootDir: __dirname,
  testEnvironment: 'node',
  // Packages are imported when they are first used (.swcrc): every file of tests would load all that its index files name.
  transform: { '^.+\\.(t|j|mj)s$': '@swc/jest' },
  transformIgnorePatterns: [`/node_modules/(?!(${esmPackages.join('|')})/)`],
  moduleNameMapper: {
    '^#test/(.*)\\.js$': '<rootDir>/test/support/$1.ts',
    '^#([a-z0-9-]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': ['$1.ts', '$1.js', '$1'],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.rcs/', '<rootDir>/.cache/'],
};

/** Every answer of a gateway is held to the description of the API. */
const withServices = { ...base, setupFilesAfterEnv: ['<rootDir>/test/support/answers/checked-answers.ts'] };

// Machines are busy: a test that hangs is ended, and none is judged by the time it takes.
module.exports = {
  testTimeout: 120_000,
  projects: [
    { ...base, displayName: 'unit', testMatch: ['<rootDir>/{apps,libs}/**/*.spec.ts'] },
    { ...withServices, displayName: 'integration', testMatch: ['<rootDir>/test/integration/**/*.spec.ts'] },
    {
      ...withServices,
      displayName: 'conformance',
      testMatch: ['<rootDir>/test/conformance/**/*.spec.ts', '!**/test/conformance/players/**'],
    },
    { ...withServices, displayName: 'players', testMatch: ['<rootDir>/test/conformance/players/**/*.spec.ts'] },
    { ...withServices, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.spec.ts'] },
    { ...withServices, displayName: 'properties', testMatch: ['<rootDir>/test/properties/**/*.spec.ts'] },
    { ...base, displayName: 'packaging', testMatch: ['<rootDir>/test/packaging/**/*.spec.ts'] },
    { ...withServices, displayName: 'sinks', testMatch: ['<rootDir>/test/sinks/**/*.spec.ts'] },
    { ...withServices, displayName: 'postgresql', testMatch: ['<rootDir>/test/postgresql/**/*.spec.ts'] },
    { ...withServices, displayName: 'redis', testMatch: ['<rootDir>/test/redis/**/*.spec.ts'] },
    {
      ...withServices,
      displayName: 'cassandra',
      testMatch: ['<rootDir>/test/cassandra/**/*.spec.ts', '!**/test/cassandra/kills/**'],
    },
    { ...withServices, displayName: 'cassandra-kills', testMatch: ['<rootDir>/test/cassandra/kills/**/*.spec.ts'] },
    { ...withServices, displayName: 'api', testMatch: ['<rootDir>/test/api/**/*.spec.ts'] },
    { ...base, displayName: 'release', testMatch: ['<rootDir>/test/release/**/*.spec.ts'] },
    {
      ...base,
      displayName: 'tokens',
      testMatch: ['<rootDir>/test/tokens/**/*.spec.ts', '!**/test/tokens/real/**'],
    },
    { ...withServices, displayName: 'real-tokens', testMatch: ['<rootDir>/test/tokens/real/**/*.spec.ts'] },
    { ...withServices, displayName: 'resilience', testMatch: ['<rootDir>/test/resilience/**/*.spec.ts'] },
  ],
};
