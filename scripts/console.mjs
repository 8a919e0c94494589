/**
 * Builds the console into dist/console, which the gateway serves; `--watch` builds it again at every change. All files lie
 * in one folder, and name one another relative to themselves: a proxy may put the gateway below any path.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

const repository = fileURLToPath(new URL('..', import.meta.url));
const target = join(repository, 'dist/console');
const isWatching = process.argv.includes('--watch');

/**
 * The page is `console`, its files are `console/FILE`: without a slash at its end, its own folder is part of their names. The
 * gateway compresses nothing while it serves: it sends what lies here.
 */
const asServed = {
  name: 'as-served',
  closeBundle() {
    const page = join(target, 'index.html');
    writeFileSync(page, readFileSync(page, 'utf8').replace(/((?:src|href)=")\.\//g, '$1console/'));
    for (const name of readdirSync(target).filter(file => !file.endsWith('.gz')))
      writeFileSync(join(target, `${name}.gz`), gzipSync(readFileSync(join(target, name)), { level: 9 }));
  },
};

/**
 * wavesurfer.js brings a style element, which the policy of the page forbids: it is left out, and the player has the rules
 * of its own (apps/console/src/player/wave-form.tsx).
 */
const withoutStyleElement = {
  name: 'without-style-element',
  transform(code, id) {
    if (!id.endsWith('/wavesurfer.esm.js')) return undefined;
    const without = code.replace(/<style[^]*?<\/style>/, '');
    if (without === code) this.error('wavesurfer.js has no style element any more: take this out');
    return { code: without, map: null };
  },
};

/** A gateway lists the files when it starts: while somebody develops they keep their names. Have the browser keep no cache. */
const lastingNames = {
  entryFileNames: '[name].js',
  chunkFileNames: '[name].js',
  assetFileNames: '[name][extname]',
};

/** What is for servers that render React: there are none here. */
const isNothingToUs = ({ code }) => code === 'MODULE_LEVEL_DIRECTIVE';

await build({
  root: join(repository, 'apps/console'),
  configFile: false,
  envDir: false,
  base: './',
  cacheDir: join(repository, '.cache/vite'),
  logLevel: 'warn',
  plugins: [withoutStyleElement, asServed],
  build: {
    outDir: target,
    assetsDir: '',
    // Nothing is put into data: addresses, which the page's policy would have to allow.
    assetsInlineLimit: 0,
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    target: ['chrome125', 'firefox128', 'safari17.5'],
    sourcemap: false,
    reportCompressedSize: false,
    rolldownOptions: {
      onLog: (level, log, handle) => (isNothingToUs(log) ? undefined : handle(level, log)),
      ...(isWatching ? { output: lastingNames } : {}),
    },
    chunkSizeWarningLimit: 1000,
    ...(isWatching ? { watch: {} } : {}),
  },
});
