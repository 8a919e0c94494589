import { storeContract } from './store-contract.js';

/** What every ContactCenterStore must do. */
export const contract = storeContract('contactCenters', store => {
  const contactCenters = () => store().contactCenters;
  describe('ContactCenterStore contract', () => {
    it('gives contact centers back as they were put', async () => {
      const store = contactCenters();
      await store.put({ id: 'b', name: 'Sales', domain: 'sales.example.org' });
      await store.put({ id: 'a', name: 'Support' });
      expect(await store.find('a')).toEqual({ id: 'a', name: 'Support' });
      expect(await store.find('c')).toBeUndefined();
      expect(await store.list()).toEqual([
        { id: 'a', name: 'Support' },
        { id: 'b', name: 'Sales', domain: 'sales.example.org' },
      ]);
    });

    it('replaces a contact center of the same id', async () => {
      const store = contactCenters();
      await store.put({ id: 'a', name: 'Support', domain: 'example.org' });
      await store.put({ id: 'a', name: 'Help' });
      expect(await store.list()).toEqual([{ id: 'a', name: 'Help' }]);
    });
  });
});
