import type { RcsError } from '#platform';
import type { MediaStorageConfiguration, StorageOwner } from './media-storage-configuration.js';
import { SettableStorages } from './settable-storages.js';

function configured(url: string, contactCenters?: readonly StorageOwner[]): MediaStorageConfiguration {
  const timeouts = { connectTimeoutMs: 1, headersTimeoutMs: 1, idleTimeoutMs: 1, totalTimeoutMs: 1 };
  const owners = contactCenters === undefined ? {} : { contactCenters };
  return { storage: 'webDAV', url, trustedCA: true, maxConnections: 1, ...timeouts, ...owners };
}

const refusal = expect.objectContaining({ code: 'RCS_MEDIA_LOCATION_REFUSED' }) as RcsError;
const dav = 'https://dav.example/all';

describe(SettableStorages.name, () => {
  const storages = new SettableStorages([configured(dav)], [configured(`${dav}/own`, ['A'])]);

  it('are at and below the URLs of the operator', () => {
    expect(storages.placeOf(`${dav}/a`, 'A')).toBe(`${dav}/a`);
    expect(storages.placeOf(`${dav}/A%20b/`, 'A')).toBe(`${dav}/a b`);
    for (const url of [
      'https://dav.example',
      'https://dav.example/allx',
      'http://dav.example/all/a',
      `${dav}/../x`,
      '',
    ]) {
      expect(() => storages.placeOf(url, 'A')).toThrow(refusal);
    }
  });

  it('neither lie in a storage of the configuration nor have one in them', () => {
    for (const url of [dav, `${dav}/own`, `${dav}/OWN`, `${dav}/own/inner`]) {
      expect(() => storages.placeOf(url, 'A')).toThrow(refusal);
    }
  });

  it('belong to those whom the operator lets set them', () => {
    const owned = new SettableStorages([configured(dav, [{ id: 'A', prefix: 'a' }, 'B'])], []);
    expect(owned.placeOf(`${dav}/a`, 'A')).toBe(`${dav}/a`);
    expect(owned.placeOf(`${dav}/b`, 'B')).toBe(`${dav}/b`);
    for (const [url, contactCenter] of [
      [`${dav}/b`, 'A'],
      [`${dav}/a`, 'B'],
      [`${dav}/a/x`, 'B'],
      [dav, 'C'],
    ] as const) {
      expect(() => owned.placeOf(url, contactCenter)).toThrow(refusal);
    }
    // B may have all of it, and what is A's in it is A's.
    expect(() => owned.resolve({ storage: 'webDAV', path: `${dav}/a/x` }, 'B', { url: dav })).toThrow(refusal);
  });

  it('have what lies below them, and nothing beside', () => {
    const set = { url: `${dav}/a` };
    const { location } = storages.resolve({ storage: 'webDAV', path: `${dav}/a/x/y.wav` }, 'A', set);
    expect(location.segments).toEqual(['x', 'y.wav']);
    for (const path of [`${dav}/b/x`, `${dav}/a`, `${dav}/a/../b`, `${dav}/a/%2e%2e/b`]) {
      expect(() => storages.resolve({ storage: 'webDAV', path }, 'A', set)).toThrow(refusal);
    }
  });

  it('are judged once more where they are used', () => {
    const descriptor = { storage: 'webDAV', path: 'http://169.254.169.254/x/y' };
    expect(() => storages.resolve(descriptor, 'A', { url: 'http://169.254.169.254/x' })).toThrow(refusal);
  });
});
