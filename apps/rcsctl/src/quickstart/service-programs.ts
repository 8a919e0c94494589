import { createHash } from 'node:crypto';
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { join } from 'node:path';

/** The services that the quickstart starts; names of programs, of roles, and what names of processes begin with. */
export const servicePrograms = ['playback-gateway', 'decrypt-worker', 'key-vault'] as const;
export type ServiceProgram = (typeof servicePrograms)[number];

const lookAgainMs = 500;

/** The bundle of a service, beside our own. */
export const programFile = (program: ServiceProgram): string => join(__dirname, '../../..', program, 'main.js');

/**
 * Tells each time a bundle has other content; a build writes all of them.
 * @returns ends this.
 */
export function watchPrograms(
  programs: readonly ServiceProgram[],
  changed: (program: ServiceProgram) => void,
): () => void {
  const watched = programs.map(program => {
    const file = programFile(program);
    let known = digestOf(file);
    const look = (): void => {
      const digest = digestOf(file);
      if (digest === undefined || digest === known) return;
      known = digest;
      changed(program);
    };
    watchFile(file, { interval: lookAgainMs }, look);
    return () => unwatchFile(file, look);
  });
  return () => watched.forEach(end => end());
}

/** undefined while a build is writing it. */
function digestOf(file: string): string | undefined {
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex');
  } catch {
    return undefined;
  }
}
