import type { InteractionReceiver } from '#test/servers/interaction-receiver.js';
import { waitFor } from '#test/waiting/wait-for.js';
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
}
