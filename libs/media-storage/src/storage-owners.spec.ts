import fc from 'fast-check';
import type { RcsError } from '#platform';
import { resolveLocation, type MediaLocation } from './media-location.js';
import type { MediaStorageConfiguration, StorageOwner } from './media-storage-configuration.js';

function storage(url: string, contactCenters?: readonly StorageOwner[]): MediaStorageConfiguration {
  const timeouts = { connectTimeoutMs: 1, headersTimeoutMs: 1, idleTimeoutMs: 1, totalTimeoutMs: 1 };
  const owners = contactCenters === undefined ? {} : { contactCenters };
  return { storage: 'webDAV', url, trustedCA: true, maxConnections: 1, ...timeouts, ...owners };
}

const base = 'http://storage.example/recordings';
const refusal = expect.objectContaining({
  code: 'RCS_MEDIA_LOCATION_REFUSED',
  publicDetail: 'it is in no storage of this contact center',
}) as RcsError;

function resolve(path: string, contactCenter: string, storages: readonly MediaStorageConfiguration[]): MediaLocation {
  return resolveLocation({ storage: 'webDAV', path }, contactCenter, storages);
}

describe('a storage with owners', () => {
  it('serves them and nobody else, and says the same as for a place that is in no storage', () => {
    const storages = [storage(base, ['A', 'B'])];
    expect(resolve('call.bin', 'A', storages).segments).toEqual(['call.bin']);
    expect(resolve(`${base}/call.bin`, 'B', storages).segments).toEqual(['call.bin']);
    expect(() => resolve('call.bin', 'C', storages)).toThrow(refusal);
    expect(() => resolve(`${base}/call.bin`, 'C', storages)).toThrow(refusal);
    expect(() => resolve('http://elsewhere.example/call.bin', 'A', storages)).toThrow(refusal);
  });

  it('without owners is shared by all', () => {
    expect(resolve('call.bin', 'anyone', [storage(base)]).storageIndex).toBe(0);
  });

  it('counts a prefix by whole, decoded names', () => {
    const storages = [
      storage(base, [
        { id: 'A', prefix: 'paris/calls' },
        { id: 'B', prefix: 'köln' },
      ]),
    ];
    expect(resolve('paris/calls/1.bin', 'A', storages).segments).toEqual(['paris', 'calls', '1.bin']);
    expect(resolve(`${base}/p%61ris/calls/1.bin`, 'A', storages).storageIndex).toBe(0);
    expect(resolve('k%C3%B6ln/1.bin', 'B', storages).storageIndex).toBe(0);
    for (const path of ['paris/calls-of-b/1.bin', 'paris/call', 'paris/1.bin', 'köln/1.bin', '1.bin']) {
      expect(() => resolve(path, 'A', storages)).toThrow(refusal);
    }
  });

  it('is decided by the longest path: an owner of the rest does not own what is inside', () => {
    const storages = [storage(base, ['B', { id: 'A', prefix: 'a' }])];
    expect(resolve('x/1.bin', 'B', storages).storageIndex).toBe(0);
    expect(resolve('a/1.bin', 'A', storages).storageIndex).toBe(0);
    expect(() => resolve('a/1.bin', 'B', storages)).toThrow(refusal);
    expect(() => resolve('x/1.bin', 'A', storages)).toThrow(refusal);
  });

  it.each(['A/1.bin', 'ａ/1.bin', 'a./1.bin', 'a%20/1.bin'])(
    'keeps a neighbour out of %s, which a storage may take for "a"',
    path => {
      expect(() => resolve(path, 'B', [storage(base, ['B', { id: 'A', prefix: 'a' }])])).toThrow(refusal);
    },
  );
});

describe('storages of several owners', () => {
  it('a relative path means the first storage that the contact center has', () => {
    const storages = [storage('http://one.example/', ['A']), storage('http://two.example/', ['B'])];
    expect(resolve('call.bin', 'A', storages).storageIndex).toBe(0);
    expect(resolve('call.bin', 'B', storages).storageIndex).toBe(1);
  });

  it('one URL may be configured for each of them', () => {
    const storages = [storage(base, ['A']), storage(base, ['B'])];
    expect(resolve(`${base}/call.bin`, 'A', storages).storageIndex).toBe(0);
    expect(resolve(`${base}/call.bin`, 'B', storages).storageIndex).toBe(1);
  });

  it('a storage inside another one is not reached through the outer one', () => {
    const storages = [storage(base, ['B']), storage(`${base}/secret`, ['A'])];
    expect(resolve('public/1.bin', 'B', storages).storageIndex).toBe(0);
    expect(() => resolve('secret/1.bin', 'B', storages)).toThrow(refusal);
    expect(() => resolve(`${base}/secret/1.bin`, 'B', storages)).toThrow(refusal);
    expect(() => resolve(`${base}/Secret/1.bin`, 'B', storages)).toThrow(refusal);
    expect(resolve(`${base}/secret/1.bin`, 'A', storages)).toEqual({ storageIndex: 1, segments: ['1.bin'] });
  });
});

it('no place is open to two contact centers whose claims say nothing of sharing', () => {
  const names = fc.constantFrom('a', 'A', 'b', 'a.', 'ab');
  const path = fc.array(names, { minLength: 1, maxLength: 4 }).map(parts => parts.join('/'));
  const prefix = fc.array(names, { maxLength: 3 }).map(parts => parts.join('/'));
  fc.assert(
    fc.property(prefix, prefix, path, (ofA, ofB, place) => {
      fc.pre(ofA !== ofB);
      const storages = [
        storage(base, [
          { id: 'A', prefix: ofA },
          { id: 'B', prefix: ofB },
        ]),
      ];
      const readers = ['A', 'B'].filter(contactCenter => {
        try {
          return resolve(place, contactCenter, storages).storageIndex === 0;
        } catch {
          return false;
        }
      });
      expect(readers.length).toBeLessThan(2);
    }),
    { numRuns: 5000 },
  );
});
