import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerOf } from '../../support/waiting/wait-for.js';
import type { ServiceProfile } from './service-probe.js';

/** The services of a cluster that was started with the environment of these, as their probes see them. */
export class ServiceProfiles {
  constructor(private readonly directory: string) {
    mkdirSync(directory, { recursive: true });
  }

  /** For the cluster. */
  get environment(): Readonly<Record<string, string>> {
    const options = `${process.env['NODE_OPTIONS'] ?? ''} --require ${join(__dirname, 'service-probe.js')}`;
    return { NODE_OPTIONS: options.trim(), PROFILE_DIRECTORY: this.directory };
  }

  begin(): void {
    this.signal();
  }

  /** Ends the profiles. @returns one of each service */
  async end(): Promise<readonly ServiceProfile[]> {
    const expected = this.signal();
    const found = await answerOf(
      'the profiles of the services',
      () => this.filesThatEndIn('.json'),
      files => files.length === expected,
    );
    const profiles = found.map(file => JSON.parse(readFileSync(file, 'utf8')) as ServiceProfile);
    for (const file of found) rmSync(file);
    return profiles;
  }

  private signal(): number {
    const files = this.filesThatEndIn('.pid');
    for (const file of files) process.kill(Number(readFileSync(file, 'utf8')), 'SIGUSR2');
    return files.length;
  }

  private filesThatEndIn(ending: string): readonly string[] {
    return readdirSync(this.directory)
      .filter(name => name.endsWith(ending))
      .map(name => join(this.directory, name));
  }
}

/** Keeps the profiles of the processors for Chrome's developer tools or speedscope: `ROLE.NUMBER.cpuprofile`. */
export function keepProfiles(profiles: readonly ServiceProfile[], directory: string): void {
  mkdirSync(directory, { recursive: true });
  for (const [number, { role, cpu }] of profiles.entries()) {
    writeFileSync(join(directory, `${role}.${number}.cpuprofile`), JSON.stringify(cpu));
  }
}
