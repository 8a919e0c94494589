import type { Recording } from '../recordings/recording.js';
import type { RewrapRun, RewrapStep } from '../rewrap/rewrap-run.js';
import { exampleMediaFile, exampleRecording } from './example-recording.js';
import {
  contactCenters,
  countedAnew,
  groupsOfRecipients,
  numbersFrom,
  runRecipientHistory,
} from './recipient-history.js';
import { storeContract } from './store-contract.js';

const contactCenter = 'cc-1';
const run: RewrapRun = {
  id: 'run',
  contactCenter,
  from: 'old',
  to: 'new',
  mode: 'replace',
  state: 'running',
  counts: { total: 3, rewrapped: 0, unchanged: 0, notRewrappable: 0, failed: 0 },
  failures: [],
  createdAt: '2026-11-21T08:00:00.000Z',
  createdBy: 'admin',
  updatedAt: '2026-11-21T08:00:00.000Z',
};

function recordingFor(id: string, ...recipients: readonly (readonly string[])[]): Recording {
  const mediaFiles = recipients.map((names, index) => ({
    ...exampleMediaFile,
    mediaId: `media-${index}`,
    recipients: names,
  }));
  return { ...exampleRecording, id, contactCenter, mediaFiles };
}

/** What every RewrapStore must do. */
export const contract = storeContract('rewraps', stores => {
  describe('RewrapStore contract', () => {
    const rewraps = () => stores().rewraps;
    const insert = (recording: Recording) => stores().recordings.insert(recording);
    const positions = async (recipients: readonly string[], after?: { recordingId: string; mediaId: string }) => {
      const page = await rewraps().page(contactCenter, recipients, after, 2);
      return page.map(({ recording, mediaFile }) => `${recording.id}/${mediaFile.mediaId}`);
    };
    const step = (changes: Partial<RewrapStep>) =>
      rewraps().step({
        runId: 'run',
        owner: 'gateway-1',
        replacements: [],
        unchanged: 0,
        notRewrappable: 0,
        failures: [],
        position: undefined,
        done: false,
        at: run.createdAt,
        leaseUntil: 2000,
        ...changes,
      });
    const replacement = {
      recordingId: 'r1',
      mediaId: 'media-0',
      expected: 'MIIBvg==',
      pkcs7: 'MIIC',
      certAlias: ['new'],
      recipients: ['new'],
    };

    it('counts and pages the media files for recipients, each once', async () => {
      await insert(recordingFor('r2', ['a']));
      await insert(recordingFor('r1', ['a', 'b'], ['b'], ['c']));
      await insert({ ...recordingFor('r3', ['a']), contactCenter: 'cc-2' });
      expect(await rewraps().countRecordings(contactCenter, [['a', 'b'], ['c'], [], ['x'], ['a']])).toEqual([
        2, 1, 0, 0, 2,
      ]);
      expect(await rewraps().countRecordings(contactCenter, [])).toEqual([]);
      expect(await rewraps().countMediaFiles(contactCenter, ['a', 'b'])).toBe(3);
      expect(await positions(['a', 'b'])).toEqual(['r1/media-0', 'r1/media-1']);
      expect(await positions(['a', 'b'], { recordingId: 'r1', mediaId: 'media-1' })).toEqual(['r2/media-0']);
      expect(await positions(['x'])).toEqual([]);
    });

    it.each([1, 2, 3, 4])('counts recordings for recipients as if anew, whatever became of them (%i)', async seed => {
      await runRecipientHistory(stores(), seed, 120);
      for (const center of contactCenters) {
        const groups = groupsOfRecipients(numbersFrom(seed));
        const counted = await rewraps().countRecordings(center, groups);
        expect(counted).toEqual(await countedAnew(stores(), center, groups));
        expect(Math.max(...counted)).toBeGreaterThan(1);
      }
    });

    it('has one run per certificate at a time', async () => {
      expect(await rewraps().create(run)).toEqual(run);
      expect((await rewraps().create({ ...run, id: 'second' })).id).toBe('run');
      expect(await rewraps().list(contactCenter)).toHaveLength(1);
      expect(await rewraps().find('cc-2', 'run')).toBeUndefined();
    });

    it('gives a run to one owner until its lease is over', async () => {
      await rewraps().create(run);
      const claim = (owner: string, now: number) => rewraps().claim({ owner, now, leaseUntil: now + 1000 });
      expect((await claim('gateway-1', 1000))?.id).toBe('run');
      expect(await claim('gateway-2', 1500)).toBeUndefined();
      expect((await claim('gateway-2', 2500))?.id).toBe('run');
      expect(await step({})).toBeUndefined();
    });

    it('writes envelopes, counts and position together, and only where the envelope is the one that was read', async () => {
      await insert(recordingFor('r1', ['old']));
      await rewraps().create(run);
      await rewraps().claim({ owner: 'gateway-1', now: 1000, leaseUntil: 2000 });
      const position = { recordingId: 'r1', mediaId: 'media-0' };
      const first = await step({ replacements: [replacement], position });
      expect(first?.counts).toEqual({ ...run.counts, rewrapped: 1 });
      expect(first?.position).toEqual(position);
      const mediaFile = (await stores().recordings.find('r1'))?.mediaFiles[0];
      expect([mediaFile?.pkcs7, mediaFile?.certAlias]).toEqual(['MIIC', ['new']]);
      expect(await rewraps().countRecordings(contactCenter, [['old']])).toEqual([0]);
      expect(await rewraps().countRecordings(contactCenter, [['new']])).toEqual([1]);
      const second = await step({ replacements: [replacement], done: true });
      expect(second?.counts).toEqual({ ...run.counts, rewrapped: 1, failed: 1 });
      expect(second?.failures).toHaveLength(1);
      expect(second?.state).toBe('done');
    });

    it('pauses, resumes and leaves alone what is done', async () => {
      await rewraps().create(run);
      expect((await rewraps().setState(contactCenter, 'run', 'paused', run.createdAt))?.state).toBe('paused');
      expect(await rewraps().claim({ owner: 'gateway-1', now: 1000, leaseUntil: 2000 })).toBeUndefined();
      expect((await rewraps().setState(contactCenter, 'run', 'running', run.createdAt))?.state).toBe('running');
      await rewraps().claim({ owner: 'gateway-1', now: 1000, leaseUntil: 2000 });
      await step({ done: true });
      expect(await rewraps().setState(contactCenter, 'run', 'paused', run.createdAt)).toBeUndefined();
      expect(await rewraps().setState('cc-2', 'run', 'paused', run.createdAt)).toBeUndefined();
    });

    it('says why a run waits, and lets nobody claim it before its time', async () => {
      await rewraps().create(run);
      await rewraps().claim({ owner: 'gateway-1', now: 1000, leaseUntil: 2000 });
      await rewraps().release('run', 'gateway-1', 5000, 'the vault is away');
      expect((await rewraps().find(contactCenter, 'run'))?.waiting).toBe('the vault is away');
      expect(await rewraps().claim({ owner: 'gateway-2', now: 4000, leaseUntil: 6000 })).toBeUndefined();
      expect((await rewraps().claim({ owner: 'gateway-2', now: 5001, leaseUntil: 6000 }))?.id).toBe('run');
    });
  });
});
