import type { InteractionReceiver } from '#test/servers/interaction-receiver.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { say } from '../../properties/world/property-run.js';
import { keptAndAnew, type RecipientRow } from './kept-counts.js';
import type { LeftRows } from './left-rows.js';
import { expiryMs, type RecordingLives } from './recording-lives.js';

/** The longest that a sender which is gone has kept an entry from all others. */
const leaseMs = 90_000;

/** What is looked at once nobody is killed any more. */
export class FinalChecks {
  constructor(
    private readonly lives: RecordingLives,
    private readonly receiver: InteractionReceiver | undefined,
  ) {}

  /** The audit of each recording names nobody who was forgotten, and still has what happened. */
  async forgotten(): Promise<number> {
    const people = this.lives.all.filter(({ person }) => person === 'forgotten');
    for (const { id, caller } of people) {
      const audited = async (): Promise<string> =>
        (await this.lives.answered(`/rcs/audit?limit=1000&recording=${id}`)).body.toString();
      await waitFor(`${caller} to be forgotten`, async () => !(await audited()).includes(caller), {
        patienceMs: expiryMs,
        pollMs: 500,
      });
      expect(await audited()).toContain('"recording-inserted"');
    }
    return people.length;
  }

  /**
   * Of what was removed no stored file is left, and of what was not every one is there. A gateway that is killed keeps others
   * from a file that it was removing until its lease ends: too long to wait for after every kill.
   */
  async storedFiles(): Promise<void> {
    for (const life of this.lives.all) {
      const isThere = life.fate === 'inserted';
      const isSo = async (): Promise<boolean> => (await this.lives.isStored(life)) === isThere;
      await waitFor(`${life.file} to ${isThere ? 'stay' : 'go'}`, isSo, { patienceMs: expiryMs });
    }
  }

  /** Everybody who was told of a recording is told at least once, whoever died in between. Answers how many were told again. */
  async handOvers(): Promise<number> {
    const { receiver } = this;
    if (receiver === undefined) return 0;
    const times = (id: string): number => receiver.timesReceived(id);
    for (const { id } of this.lives.with('inserted')) {
      await waitFor(`${id} to be handed over`, () => times(id) > 0, { patienceMs: leaseMs * 2, pollMs: 500 });
    }
    return this.lives.all.filter(({ id }) => times(id) > 1).length;
  }

  /** No table has a row of a recording that is not there. @param others that are there, besides the lives */
  async rows(left: () => Promise<LeftRows> | LeftRows, others: readonly { readonly id: string }[]): Promise<void> {
    const there = new Set([...others, ...this.lives.with('inserted')].map(({ id }) => id));
    const orphans = async (): Promise<string[]> =>
      [...(await left())].flatMap(([table, ids]) => ids.filter(id => !there.has(id)).map(id => `${table}: ${id}`));
    await waitFor('rows of no recording to go', async () => (await orphans()).length === 0, {
      patienceMs: expiryMs,
      pollMs: 2000,
    }).catch(() => undefined);
    expect(await orphans()).toEqual([]);
  }

  /**
   * What is kept of the numbers of recordings is what their rows say, and what administrators are shown is what was acknowledged.
   * @param others for the certificate of the demo, besides the lives
   */
  async counts(
    recipients: () => Promise<readonly RecipientRow[]> | readonly RecipientRow[],
    others: number,
  ): Promise<void> {
    const expected = others + this.lives.with('inserted').filter(({ form }) => form.isForDemo).length;
    const shown = async (): Promise<number | undefined> => {
      const { body } = await this.lives.answered('/rcs/certificates/demo');
      return (JSON.parse(body.toString()) as { recordings?: number }).recordings;
    };
    // Whom an attached envelope is for is known once it has been looked at; and a killed gateway keeps that from others for its lease.
    const isShown = async (): Promise<boolean> => (await shown()) === expected;
    await waitFor('all recordings to be counted', isShown, { patienceMs: expiryMs, pollMs: 1000 }).catch(
      () => undefined,
    );
    const { kept, anew } = keptAndAnew(await recipients());
    say(`killed gateways: ${expected} recordings for the certificate, ${kept.length} kept counts`);
    expect(kept).toEqual(anew);
    expect(await shown()).toBe(expected);
  }
}
