import { RcsError } from '#platform';
import type { Recording } from '../recordings/recording.js';
import type { Store } from '../store.js';
import { exampleMediaFile, exampleRecording } from './example-recording.js';

export const contactCenters = ['cc-1', 'cc-2'] as const;
/** More than one recording of a history ever has, so that counts cross every bound. */
export const knownRecipients = Array.from({ length: 12 }, (_, number) => `issued:${number}`);
const at = '2026-11-21T08:00:00.000Z';

/** Numbers below a bound, the same for a seed. */
export function numbersFrom(seed: number): (bound: number) => number {
  let state = seed * 2_654_435_761 + 1;
  return bound => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

/**
 * Does at random what changes for whom recordings are: insertions, findings, rewraps, deletions, erasures, and what is replayed.
 * @param name of its recordings: several histories of one name, in several stores, change the same ones
 */
export async function runRecipientHistory(
  store: Store,
  seed: number,
  acts: number,
  name = String(seed),
): Promise<void> {
  const below = numbersFrom(seed);
  const someRecipients = (): string[] => {
    const count = [0, 1, 1, 1, 2, 2, 3, 8, 9, 11][below(10)] ?? 1;
    const first = below(knownRecipients.length);
    return Array.from({ length: count }, (_, index) => knownRecipients[(first + index) % knownRecipients.length] ?? '');
  };
  const inserted: Recording[] = [];
  const pin = { layout: 'attached', envelopeDigest: 'aa' } as const;
  const run = `run-${seed}`;
  for (const contactCenter of contactCenters) await startRun(store, `${run}-${contactCenter}`, contactCenter);
  const claims = await Promise.all(
    contactCenters.map(() => store.rewraps.claim({ owner: 'history', now: 1000, leaseUntil: 2000 })),
  );

  const kinds = [
    async (number: number) => {
      const id = `history-${name}-${number}`;
      const contactCenter = contactCenters[below(2)] ?? 'cc-1';
      const mediaFiles = Array.from({ length: 1 + below(3) }, (_, index) => ({
        ...exampleMediaFile,
        mediaId: `media-${index}`,
        ...(below(4) === 0 ? {} : { recipients: someRecipients() }),
      }));
      const recording = { ...exampleRecording, id, contactCenter, mediaFiles };
      const findings = below(2) === 0 ? [] : [{ mediaId: 'media-0', pin, recipients: someRecipients() }];
      await unlessOthersDid(store.recordings.insert(recording, { findings }));
      inserted.push(recording);
    },
    async (_number: number, { id, mediaFiles }: Recording) => {
      const { mediaId } = mediaFiles[below(mediaFiles.length)] ?? exampleMediaFile;
      const present = await store.recordings.find(id);
      if (present?.mediaFiles.some(file => file.mediaId === mediaId) !== true) return;
      await unlessOthersDid(store.recordings.pin(id, { mediaId, pin, recipients: someRecipients() }));
    },
    async (_number: number, { id, contactCenter, mediaFiles }: Recording) => {
      const replacements = mediaFiles.map(({ mediaId }) => ({
        ...{ recordingId: id, mediaId, expected: exampleMediaFile.pkcs7 ?? '', pkcs7: exampleMediaFile.pkcs7 ?? '' },
        ...{ certAlias: [], recipients: someRecipients() },
      }));
      const runId = claims.find(claim => claim?.contactCenter === contactCenter)?.id ?? '';
      await store.rewraps.step({
        ...{ runId, owner: 'history', replacements, unchanged: 0, notRewrappable: 0, failures: [] },
        ...{ position: undefined, done: false, at, leaseUntil: 2000 },
      });
    },
    async (number: number, { id, contactCenter }: Recording) => {
      const order = { recordingId: id, contactCenter, user: 'ops', reason: 'asked for', time: at };
      const isHeld = below(2) === 0 && (await store.recordings.find(id))?.mediaFiles.some(isFirst) === true;
      const hold = {
        id: `hold-${seed}-${number}`,
        recordingId: id,
        mediaId: 'media-0',
        user: 'ann',
        reason: 'case',
        time: at,
      };
      if (isHeld) await unlessOthersDid(store.legalHolds.place(hold));
      await store.removals.remove({ ...order, kind: below(2) === 0 ? 'erased' : 'expired' }, []);
      if (isHeld && below(2) === 0) await store.legalHolds.release(id, hold.id);
    },
    async (_number: number, { id, contactCenter }: Recording) => {
      await store.removals.replay({ recordingId: id, contactCenter, kind: 'deleted', time: at }, []);
    },
  ];
  for (let number = 0; number < acts; number++) {
    const recording = inserted[below(inserted.length)];
    // Twice as many insertions as anything else.
    const act = recording === undefined ? 0 : Math.max(0, below(kinds.length + 1) - 1);
    await kinds[act]?.(number, recording ?? exampleRecording);
  }
}

const doneByOthers = new Set(['RCS_RECORDING_EXISTS', 'RCS_RECORDING_REMOVED', 'RCS_RECORDING_NOT_FOUND']);

/** A recording of another history may have come or gone meanwhile. */
async function unlessOthersDid(act: Promise<unknown>): Promise<void> {
  try {
    await act;
  } catch (error) {
    if (!(error instanceof RcsError && doneByOthers.has(error.code))) throw error;
  }
}

const isFirst = ({ mediaId }: { readonly mediaId: string }): boolean => mediaId === 'media-0';

async function startRun(store: Store, id: string, contactCenter: string): Promise<void> {
  await store.rewraps.create({
    ...{ id, contactCenter, from: 'old', to: 'new', mode: 'replace', state: 'running', failures: [] },
    counts: { total: 3, rewrapped: 0, unchanged: 0, notRewrappable: 0, failed: 0 },
    ...{ createdAt: at, createdBy: 'admin', updatedAt: at },
  });
}

/** Of every recipient by itself, of pairs, and of more: whatever a certificate may be called. */
export function groupsOfRecipients(below: (bound: number) => number): readonly (readonly string[])[] {
  const some = Array.from({ length: 20 }, () => knownRecipients.filter(() => below(3) === 0));
  return [...knownRecipients.map(recipient => [recipient]), knownRecipients, ['nobody'], [], ...some];
}

/** For each group how many recordings have a media file for one of them, from the media files themselves. */
export async function countedAnew(
  store: Store,
  contactCenter: string,
  groups: readonly (readonly string[])[],
): Promise<readonly number[]> {
  return Promise.all(
    groups.map(async group => {
      const page = await store.rewraps.page(contactCenter, group, undefined, 10_000);
      return new Set(page.map(({ recording }) => recording.id)).size;
    }),
  );
}
