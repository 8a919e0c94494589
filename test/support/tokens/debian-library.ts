import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const libraries = '/usr/lib';

/** Where a library of a Debian package is, on whatever machine. @throws Error naming the package */
export function debianLibrary(name: string, debianPackage: string): string {
  const places = ['', ...readdirSync(libraries).filter(place => place.endsWith('-linux-gnu'))];
  const found = places.map(place => join(libraries, place, name)).find(path => existsSync(path));
  if (found === undefined) throw new Error(`${name} is missing: install the Debian package ${debianPackage}`);
  return found;
}
