/**
 * `node --require` this file to run the sources as they are: for threads and processes that tests start, which Jest does
 * not transform.
 */
const { existsSync } = require('node:fs');
const { dirname, join, resolve } = require('node:path');
const Module = require('node:module');
const { transformFileSync } = require('@swc/core');

const root = resolve(__dirname, '../../../..');

require.extensions['.ts'] = (module, file) => {
  const { code } = transformFileSync(file, { configFile: join(root, '.swcrc'), cwd: root });
  module._compile(code, file);
};

const resolveFilename = Module._resolveFilename;
Module._resolveFilename = (request, parent, ...rest) =>
  resolveFilename.call(Module, sourceOf(request, parent?.filename), parent, ...rest);

function sourceOf(request, importer) {
  if (/^#[a-z0-9-]+$/.test(request)) return join(root, 'libs', request.slice(1), 'src/index.ts');
  if (importer === undefined || !/^\.{1,2}\/.*\.js$/.test(request)) return request;
  const source = join(dirname(importer), request.replace(/\.js$/, '.ts'));
  return existsSync(source) ? source : request;
}
