import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore, type Store } from '#store';
import { operator } from './account-administrator.js';
import { ContactCenterAdministration } from './contact-center-administration.js';

jest.setTimeout(60_000);

const by = operator('rcsctl:root');

describe(ContactCenterAdministration.name, () => {
  let directory = '';
  let store: Store;
  let administration: ContactCenterAdministration;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'rcs-contact-centers-'));
    store = await openSqliteStore({ directory, auditWriter: 'rcsctl' });
    administration = new ContactCenterAdministration(store.contactCenters, store.audit);
  });
  afterAll(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  it('adds and changes contact centers, and says so in the audit', async () => {
    const one = await administration.add(by, { id: 'cc-1', name: 'One', domain: 'One.Example' }, {});
    expect(one).toEqual({ id: 'cc-1', name: 'One', domain: 'one.example' });
    const changed = await administration.change(by, 'cc-1', { allowedOrigins: ['https://*.one.example'] }, {});
    expect(changed).toEqual({ ...one, allowedOrigins: ['https://*.one.example'] });
    expect(await administration.list()).toEqual([changed]);
    const events: unknown[] = [];
    for await (const { event, user, contactCenter } of store.audit.query()) events.push({ event, user, contactCenter });
    expect(events.slice(1)).toEqual([
      { event: 'contact-center-changed', user: 'rcsctl:root', contactCenter: 'cc-1' },
      { event: 'contact-center-changed', user: 'rcsctl:root', contactCenter: 'cc-1' },
    ]);
  });

  it('finds an id where none is given', async () => {
    const { id } = await administration.add(by, { name: 'Two' }, {});
    expect(await store.contactCenters.find(id)).toEqual({ id, name: 'Two' });
  });

  it.each([
    ['an id that is taken', { id: 'cc-1', name: 'Again' }, 'id: '],
    ['a domain that is taken', { name: 'Again', domain: 'ONE.example' }, 'domain: '],
    ['an id that is no part of a URL', { id: '../x', name: 'X' }, 'id: '],
    ['a name with a line end', { name: 'a\nb' }, 'name: '],
    ['a domain that is none', { name: 'X', domain: 'a b' }, 'domain: '],
    ['an origin with a path', { name: 'X', allowedOrigins: ['https://a/b'] }, 'allowedOrigins.0: '],
    ['a field that is none', { name: 'X', owner: 'me' }, 'owner'],
  ])('refuses %s, naming the field', async (_, input, named) => {
    const before = await administration.list();
    await expect(administration.add(by, input, {})).rejects.toMatchObject({
      code: 'RCS_INVALID_VALUE',
      publicDetail: expect.stringContaining(named) as string,
    });
    expect(await administration.list()).toEqual(before);
  });

  it('refuses one without a name', async () => {
    await expect(administration.add(by, {}, {})).rejects.toMatchObject({
      code: 'RCS_MISSING_PARAMETER',
      publicDetail: 'name',
    });
  });

  it('changes neither id nor domain, and none that is not there', async () => {
    await expect(administration.change(by, 'cc-1', { domain: 'x.example' }, {})).rejects.toThrow('domain');
    await expect(administration.change(by, 'cc-1', { id: 'cc-9' }, {})).rejects.toThrow('id');
    await expect(administration.change(by, 'cc-9', { name: 'Nine' }, {})).rejects.toMatchObject({
      code: 'RCS_NOT_FOUND',
    });
  });
});
