import { countInTier } from '#test/tier.js';
import type { Picture } from './picture.js';

export interface Difference {
  /** Any of these may be why. */
  readonly suspects: string;
  readonly detail: string;
}

/** The whole picture is looked at after so many acts, at the earliest. */
const actsBetween = countInTier(40, 0);

/** Looks at a picture while acts go on that must not change it. */
export class Looks {
  private readonly since: string[] = [];
  private acts = 0;

  constructor(private readonly picture: Picture) {}

  /** To be told of what was done, and how often. */
  async after(what: string, acts: number): Promise<readonly Difference[]> {
    this.since.push(what);
    this.acts += acts;
    return this.acts < actsBetween ? [] : this.now();
  }

  async now(): Promise<readonly Difference[]> {
    const suspects = this.since.splice(0).join(', ');
    this.acts = 0;
    return (await this.picture.look()).map(detail => ({ suspects, detail }));
  }
}
