import { createLogger } from '#platform';
import type { ContactCenter, ContactCenterStore } from '#store';
import { warnOfSharedStorages } from './shared-storages.js';

describe(warnOfSharedStorages.name, () => {
  const logger = createLogger('test', 'test', 'silent');
  const shared = { url: 'http://shared.example/' };
  const owned = { url: 'http://owned.example/', contactCenters: ['a'] };

  async function warnings(storages: Parameters<typeof warnOfSharedStorages>[0], ...ids: readonly string[]) {
    const warn = jest.spyOn(logger, 'warn').mockReset();
    const list = () => Promise.resolve(ids.map((id): ContactCenter => ({ id, name: id })));
    await warnOfSharedStorages(storages, { list } as unknown as ContactCenterStore, logger);
    return warn.mock.calls.map(([fields]) => fields);
  }

  it('names the storages without owners as soon as there is more than one contact center', async () => {
    expect(await warnings([shared, owned], 'a', 'b')).toEqual([{ storages: [shared.url], contactCenters: 2 }]);
  });

  it('says nothing where one contact center is alone, or every storage has its owners', async () => {
    expect(await warnings([shared], 'a')).toEqual([]);
    expect(await warnings([owned], 'a', 'b')).toEqual([]);
  });
});
