import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, resolve } from 'node:path';

/** `file:line:column` of a frame, in a program that the bundler made. */
const placeInBundle = /(\/[^\s():]+\.js):(\d+):(\d+)/g;

/**
 * A stack with the places in the sources instead of those in the bundle. The map is read for it and not kept: with what Node
 * makes of it, it is several times as large as the program, so that a service that held it (`--enable-source-maps`) would be half as large again.
 */
export function stackInSources(stack: string): string {
  const maps = new Map<string, SourceMap | undefined>();
  return stack.replace(placeInBundle, (place, file: string, line: string, column: string) => {
    if (!maps.has(file)) maps.set(file, readMap(`${file}.map`));
    const origin = maps.get(file)?.findOrigin(Number(line), Number(column));
    if (origin === undefined || !('fileName' in origin)) return place;
    return `${resolve(dirname(file), origin.fileName)}:${origin.lineNumber}:${origin.columnNumber}`;
  });
}

/** Whatever is wrong with it, the stack as it is tells more than the failure to read it. */
function readMap(file: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(file, 'utf8')) as SourceMapPayload);
  } catch {
    return undefined;
  }
}
