import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the page of the player costs whoever opens it, as the gateway sends it. */
export interface PlayerBundle {
  /** Of the scripts with all that they import before they run, and of all style sheets: which a page needs, the build does not say. */
  readonly compressedBytes: number;
  readonly scripts: number;
}

/** The most that it may be, bytes. */
export const mostPlayerBundleBytes = 300_000;

/** Reads it from a build. @param built the folder `dist/console` */
export function playerBundle(built: string): PlayerBundle {
  const names = readdirSync(built);
  const page = readFileSync(join(built, 'index.html'), 'utf8');
  const [, main = ''] = /src="console\/([\w.-]+\.js)"/.exec(page) ?? [];
  const player = names.find(name => /^recording-page-[\w-]+\.js$/.test(name)) ?? '';
  const scripts = withImports(built, player, withImports(built, main));
  const files = [...scripts, ...names.filter(name => name.endsWith('.css'))];
  const compressedBytes = files.reduce((sum, file) => sum + readFileSync(join(built, `${file}.gz`)).length, 0);
  return { compressedBytes, scripts: scripts.size };
}

function withImports(built: string, file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(join(built, file), 'utf8');
  for (const [, name = ''] of text.matchAll(/(?:import|from)\s*["']\.\/([\w.-]+\.js)["']/g))
    withImports(built, name, seen);
  return seen;
}
