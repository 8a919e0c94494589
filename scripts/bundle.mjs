/**
 * Puts each program into one file, dist/apps/PROGRAM/main.js, and the process around a PKCS#11 module likewise: reading and resolving some 1,700 modules takes most of the
 * time in which a process starts. Some packages stay where they are.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { librariesOnDemand, loadedOnDemand } from './on-demand.mjs';

const repository = fileURLToPath(new URL('..', import.meta.url));
const programs = ['playback-gateway', 'decrypt-worker', 'key-vault', 'rcsctl'];
/** The process around a PKCS#11 module, which vault and rcsctl start. */
const tokenHost = { directory: 'dist/libs/pkcs11', entry: 'src/host/token-host.main.js', file: 'token-host.js' };
const withNativeParts = ['better-sqlite3', 'pkcs11js', '@node-rs/argon2'];
/** Nest finds them at run time, and there must be one of each in a process. */
const foundByNest = ['@grpc/grpc-js', '@grpc/proto-loader'];

/** What Nest imports only when an application asks for it; ours does not. */
const notInstalled = [
  '@fastify/multipart',
  '@fastify/static',
  '@fastify/view',
  '@nats-io/transport-node',
  '@nestjs/platform-express',
  '@nestjs/websockets',
  'amqp-connection-manager',
  'amqplib',
  'class-transformer',
  'class-validator',
  'kafkajs',
  'mqtt',
];

const banner = "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;";
const nameSetter =
  'const __setName = (target, key, name) => target.prototype === undefined || target.name === name.value ? target : Object.defineProperty(target, key, name);';

const bundleProgram = program => bundle(join(repository, 'dist/apps', program), 'src/main.js', 'main.js');

async function bundle(directory, entry, file) {
  await build({
    entryPoints: [join(directory, entry)],
    outfile: join(directory, file),
    absWorkingDir: repository,
    bundle: true,
    platform: 'node',
    target: 'node22',
    // V8 keeps the text of a program in memory. Names stay: messages, metrics and Nest go by them.
    minifyWhitespace: true,
    minifySyntax: true,
    keepNames: true,
    legalComments: 'external',
    sourcemap: 'linked',
    sourcesContent: false,
    external: [...withNativeParts, ...foundByNest, ...notInstalled, ...librariesOnDemand],
    define: { 'import.meta.url': 'importMetaUrl' },
    banner: { js: `${banner} ${nameSetter}` },
    plugins: [
      ownPlaces(directory),
      onlyEnglish,
      onlyConnections,
      ...(directory.endsWith('key-vault') ? [] : [noMicroservices]),
    ],
    // The compiled code is bundled: its metadata of types, by which Nest finds what a class needs, is the compiler's.
    tsconfigRaw: {},
    logLevel: 'warning',
  });
  setFewerNames(join(directory, file));
}

/**
 * The bundler names every function by a property of its own wherever one is made, at each arrow function of each request
 * too. Only what has another name than it should have needs one, and of those only classes and constructors: by their
 * names Nest, metrics and messages go.
 */
function setFewerNames(file) {
  const text = readFileSync(file, 'utf8');
  const helper = '__defProp(target,"name",';
  if (text.split(helper).length !== 2) throw new Error(`${file}: the bundler names functions in another way now`);
  // As long as it was, so that the source map holds.
  writeFileSync(file, text.replace(helper, '__setName(target,"name",'));
}

/** Of undici we use pools of connections: what its index brings besides loads the fetch of Node, too. */
const onlyConnections = {
  name: 'only-connections',
  setup({ onLoad }) {
    onLoad({ filter: /\/undici\/lib\/(web|mock|interceptor|cache)\/.*\.js$/ }, ({ path }) => ({
      contents: path.endsWith('cachestorage.js') ? 'exports.CacheStorage = class {};' : '',
    }));
  },
};

/** Nest loads it wherever it finds it; only the vault speaks by it. */
const noMicroservices = {
  name: 'no-microservices',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^@nestjs\/microservices/ }, ({ path }) => ({ path, namespace: 'no-microservices' }));
    onLoad({ filter: /./, namespace: 'no-microservices' }, () => ({
      contents: 'throw new Error("not part of this program");',
    }));
  },
};

/** zod brings its messages in fifty languages, in a module for each. */
const onlyEnglish = {
  name: 'only-english',
  setup({ onLoad }) {
    onLoad({ filter: /\/zod\/v4\/locales\/index\.cjs$/ }, () => ({
      contents: 'exports.en = require("./en.cjs").default;',
    }));
  },
};

/** Files beside a module of ours (protocol definitions, threads) are found from where the bundle is. */
const ownPlaces = directory => ({
  name: 'own-places',
  setup({ onLoad }) {
    // It would load OpenTelemetry for exemplars, which no metric of ours has.
    onLoad({ filter: /\/prom-client\/lib\/metrics\/processCpuTotal\.js$/ }, ({ path }) => ({
      contents: loadedOnDemand(readFileSync(path, 'utf8'), path, join(repository, 'dist')),
    }));
    onLoad({ filter: /\/dist\/(apps|libs)\/.*\.js$/ }, ({ path }) => {
      const place = relative(directory, dirname(path)).split(sep).join('/');
      const contents = loadedOnDemand(readFileSync(path, 'utf8'), path, join(repository, 'dist'));
      return { contents: contents.replace(/\b__dirname\b/g, `require('node:path').join(__dirname, '${place}')`) };
    });
  },
});

await Promise.all([
  ...programs.map(bundleProgram),
  bundle(join(repository, tokenHost.directory), tokenHost.entry, tokenHost.file),
]);
