import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { say } from './property-run.js';

interface LogLine {
  readonly time: string;
  readonly level: string;
  readonly msg: string;
  readonly requestId?: string;
  readonly code?: string;
  readonly error?: unknown;
}

const troubles = ['warn', 'error', 'fatal'];
const mostOfARequest = 12;
const mostOfAService = 8;

/** What the services of a cluster wrote: it goes with their directory, so what explains a failure is read before. */
export class ServiceLogs {
  constructor(private readonly dataDirectory: string) {}

  /** What all of them wrote about a request, in the order of time. */
  about(requestId: string): string[] {
    const lines = this.services().flatMap(service => this.linesOf(service, text => text.includes(requestId)));
    return lines.sort().slice(-mostOfARequest);
  }

  /** The last warnings and errors of each. */
  lastTroubles(): string[] {
    const isTrouble = (text: string): boolean => troubles.some(level => text.includes(`"level":"${level}"`));
    return this.services().flatMap(service => this.linesOf(service, isTrouble).slice(-mostOfAService));
  }

  /** Does the work; where it fails, prints what the services complained of last. */
  async shownAtFailure<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.lastTroubles().forEach(say);
      throw error;
    }
  }

  private services(): string[] {
    return readdirSync(join(this.dataDirectory, 'logs'))
      .filter(file => file.endsWith('.log'))
      .sort();
  }

  private linesOf(file: string, isWanted: (text: string) => boolean): string[] {
    const texts = readFileSync(join(this.dataDirectory, 'logs', file), 'utf8')
      .split('\n')
      .filter(isWanted);
    return texts.flatMap(text => brief(file.replace(/\.log$/, ''), text));
  }
}

/** Not what is no JSON: Apache and Redis write logs, too. */
function brief(service: string, text: string): string[] {
  try {
    const { time, level, msg, code, error } = JSON.parse(text) as LogLine;
    const why = [code, error === undefined ? undefined : JSON.stringify(error)].filter(part => part !== undefined);
    return [`${time} ${service} ${level} ${msg} ${why.join(' ')}`.trimEnd().slice(0, 400)];
  } catch {
    return [];
  }
}
