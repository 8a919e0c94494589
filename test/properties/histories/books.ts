import type { MadeCertificate } from '../media/made-certificate.js';
import type { Random } from '../world/random.js';

export interface HeldCertificate {
  readonly alias: string;
  readonly certificate: MadeCertificate;
  state: 'active' | 'deleted' | 'deleted with force';
  keyRemoved: boolean;
}

export interface HeldRecording {
  readonly id: string;
  readonly playPath: string;
  readonly plaintext: Buffer;
  readonly what: string;
  /** Undefined for what only rcsctl knows. */
  readonly file: { readonly path: string; readonly stored: Buffer } | undefined;
  /** Aliases of the certificates whose keys open it for sure. */
  readonly openers: Set<string>;
  /** And of those whose keys may open it, too: where a re-wrap came only to some of the envelopes. */
  readonly perhaps: Set<string>;
  readonly detached: boolean;
  /** It has played. From then on it plays forever, unless somebody confirmed in words that it will not. */
  played: boolean;
  givenUp: boolean;
}

/** What a contact center has, and which keys open what, by the words of the documents alone. */
export class Books {
  readonly certificates: HeldCertificate[] = [];
  readonly recordings: HeldRecording[] = [];

  constructor(private readonly random: Random) {}

  /** One that a step is meant for, most of the time. */
  choose(meant: (certificate: HeldCertificate) => boolean): HeldCertificate {
    const fitting = this.certificates.filter(meant);
    return this.random.pick(fitting.length > 0 && this.random.chance(0.9) ? fitting : this.certificates);
  }

  openedBy(alias: string): HeldRecording[] {
    return this.recordings.filter(({ openers, perhaps }) => openers.has(alias) || perhaps.has(alias));
  }

  opensNoMore({ openers }: HeldRecording): boolean {
    return this.allRemoved(openers);
  }

  /** What no other key opens was given up, and it is no more than was said. */
  giveUp(alias: string, said: number): void {
    const lost = this.openedBy(alias).filter(recording => !recording.givenUp && this.opensNoMore(recording));
    for (const recording of lost) recording.givenUp = true;
    const surely = lost.filter(({ perhaps }) => this.allRemoved(perhaps)).length;
    if (surely > said) throw new Error(`${alias}: ${said} were said, ${surely} are lost`);
  }

  private allRemoved(aliases: ReadonlySet<string>): boolean {
    return [...aliases].every(opener => this.certificates.find(({ alias }) => alias === opener)?.keyRemoved !== false);
  }
}
