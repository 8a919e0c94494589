/**
 * What a bundled program loads where it is used first instead of when it starts: libraries of features that few turn on
 * stay files of their own (their text would be in the memory of every process), and those and our modules around them
 * are evaluated by the first use (they would cost closures and classes).
 */
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const { libraries, bundledLibraries, ownDirectories, ownModules } = JSON.parse(
  readFileSync(new URL('loaded-on-demand.json', import.meta.url), 'utf8'),
);

export const librariesOnDemand = libraries.map(({ library }) => library);

/** As the compiler writes imports of several names, and of all of them. */
const declaration = /^(?:const|var) (\w+) = ((?:__importStar\()?require\(["']([^"']+)["']\)\)?);$/gm;

/**
 * The compiled text of a module of ours that loads these at first use.
 * @param path of the module, in `dist`
 * @param directory `dist`
 */
export function loadedOnDemand(text, path, directory) {
  const names = [];
  const declared = text.replace(declaration, (line, name, load, module) => {
    if (!isOnDemand(module, path, directory)) return line;
    names.push(name);
    return `let ${name}_loaded; const ${name} = () => (${name}_loaded ??= ${load});`;
  });
  return names.reduce(
    (result, name) => result.replace(new RegExp(`(?<![.\\w$'"\`])${name}\\.`, 'g'), `(${name}()).`),
    declared,
  );
}

function isOnDemand(module, path, directory) {
  if (!module.startsWith('.')) return librariesOnDemand.includes(module) || bundledLibraries.includes(module);
  const [from, to] = [path, join(dirname(path), module)].map(place => relative(directory, place));
  const isIn = place => ownDirectories.find(own => place.startsWith(`${own}/`));
  return ownModules.includes(to) || (isIn(to) !== undefined && isIn(to) !== isIn(from));
}
