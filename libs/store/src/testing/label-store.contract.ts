import type { LabelDefinition, RecordingLabel } from '../labels/label-store.js';
import { exampleRecording } from './example-recording.js';
import { storeContract } from './store-contract.js';

const { id, contactCenter } = exampleRecording;
const definition: LabelDefinition = { contactCenter, name: 'complaint', displayName: 'Beschwerde', description: '€' };
const label: RecordingLabel = { name: 'complaint', user: 'anthony', time: '2026-11-21T08:00:00.000Z' };

/** What every LabelStore must do. */
export const contract = storeContract('labels', store => {
  const labels = () => store().labels;

  describe('LabelStore contract', () => {
    it('keeps definitions of each contact center by their names', async () => {
      const other = { ...definition, contactCenter: 'other', displayName: 'of another' };
      const capital = { ...definition, name: 'Complaint' };
      expect(await Promise.all([definition, other, capital].map(each => labels().define(each)))).toEqual([
        true,
        true,
        true,
      ]);
      expect(await labels().definitions(contactCenter)).toEqual([capital, definition]);
      expect(await labels().definitions('other')).toEqual([other]);
      expect(await labels().definitions('nowhere')).toEqual([]);
    });

    it('defines a name once, however many do it at the same time', async () => {
      const outcomes = await Promise.all(Array.from({ length: 10 }, () => labels().define(definition)));
      expect(outcomes.filter(Boolean)).toHaveLength(1);
    });

    it('changes what is defined, and nothing else', async () => {
      const changed = { ...definition, displayName: 'Reklamation' };
      expect(await labels().redefine(changed)).toBe(false);
      await labels().define(definition);
      expect(await labels().redefine(changed)).toBe(true);
      expect(await labels().definitions(contactCenter)).toEqual([changed]);
    });

    it('puts a label on a recording once, and keeps who did it first', async () => {
      await store().recordings.insert(exampleRecording);
      await labels().define(definition);
      expect(await labels().put(id, label)).toBe('added');
      expect(await labels().put(id, { ...label, user: 'paul' })).toBe('present');
      expect(await labels().of([id, 'another'])).toEqual(new Map([[id, [label]]]));
      expect(await labels().remove(id, label.name)).toBe(true);
      expect(await labels().remove(id, label.name)).toBe(false);
      expect(await labels().of([id])).toEqual(new Map());
    });

    it('takes no label that the contact center of the recording has not, and none for no recording', async () => {
      await store().recordings.insert(exampleRecording);
      await labels().define({ ...definition, contactCenter: 'other' });
      expect(await labels().put(id, label)).toBe('unknown');
      await labels().define(definition);
      expect(await labels().put('nothing', label)).toBe('unknown');
      expect(await labels().put(id, { ...label, name: 'COMPLAINT' })).toBe('unknown');
    });

    it('keeps a definition that a recording bears', async () => {
      await store().recordings.insert(exampleRecording);
      await labels().define(definition);
      await labels().define({ ...definition, contactCenter: 'other' });
      await labels().put(id, label);
      expect(await labels().undefine(contactCenter, label.name)).toBe('in-use');
      expect(await labels().undefine('other', label.name)).toBe('removed');
      await labels().remove(id, label.name);
      expect(await labels().undefine(contactCenter, label.name)).toBe('removed');
      expect(await labels().undefine(contactCenter, label.name)).toBe('unknown');
    });

    it('never leaves a label without its definition', async () => {
      await store().recordings.insert(exampleRecording);
      for (let round = 0; round < 10; round++) {
        await labels().define(definition);
        const [put, undefined_] = await Promise.all([
          labels().put(id, label),
          labels().undefine(contactCenter, label.name),
        ]);
        const bears = (await labels().of([id])).size === 1;
        const isDefined = (await labels().definitions(contactCenter)).length === 1;
        expect([put, undefined_, bears, isDefined]).toEqual(
          put === 'added' ? ['added', 'in-use', true, true] : ['unknown', 'removed', false, false],
        );
        await labels().remove(id, label.name);
      }
    });
  });
});
