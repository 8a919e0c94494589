import type { MediaStorageConfiguration, StorageOwner } from './media-storage-configuration.js';
import { baseOf, type MediaLocation } from './storage-path.js';

/**
 * Whether a contact center may read what lies at this place. A storage inside another one decides about what lies in it,
 * however a location gets there; of several owners of one storage the one with the longest path.
 */
export function belongsTo(
  contactCenter: string,
  location: MediaLocation,
  storages: readonly MediaStorageConfiguration[],
): boolean {
  const storage = storages[location.storageIndex];
  if (storage === undefined || !isOwner(contactCenter, location.segments, storage.contactCenters)) return false;
  const base = baseOf(storage.url);
  if (base === undefined) return false;
  const names = [...base.segments, ...location.segments];
  return storages.every(({ url, contactCenters }) => {
    const inner = baseOf(url);
    if (inner?.origin !== base.origin || inner.segments.length <= base.segments.length) return true;
    const isInside = startsWith(names, inner.segments, looksAlike);
    return !isInside || isOwner(contactCenter, names.slice(inner.segments.length), contactCenters);
  });
}

/** Whether the storage, or something in it, is the contact center's. */
export const hasPlaceFor = (contactCenter: string, { contactCenters }: MediaStorageConfiguration): boolean =>
  contactCenters === undefined ||
  contactCenters.some(owner => (typeof owner === 'string' ? owner : owner.id) === contactCenter);

function isOwner(
  contactCenter: string,
  segments: readonly string[],
  owners: readonly StorageOwner[] | undefined,
): boolean {
  if (owners === undefined) return true;
  const claims = owners.map(owner => (typeof owner === 'string' ? { id: owner, prefix: '' } : owner)).map(withNames);
  const touched = claims.filter(({ names }) => startsWith(segments, names, looksAlike));
  const longest = Math.max(...touched.map(({ names }) => names.length));
  return touched.some(({ id, names }) => {
    return id === contactCenter && names.length === longest && startsWith(segments, names, isSame);
  });
}

const withNames = ({ id, prefix }: { readonly id: string; readonly prefix: string }) => ({
  id,
  names: prefix.split('/').filter(name => name !== ''),
});

/** Whether names begin with those of a base. */
export function startsWith(
  names: readonly string[],
  beginning: readonly string[],
  equal: (one: string, other: string) => boolean,
): boolean {
  return names.length >= beginning.length && beginning.every((name, index) => equal(name, names[index] ?? ''));
}

const isSame = (one: string, other: string): boolean => one === other;

/** Names that a storage which folds case or composes accents takes for one: what is another one's there is nobody else's. */
export const looksAlike = (one: string, other: string): boolean => folded(one) === folded(other);

/** A name in the form that two names are compared in where confusing them would let somebody into another one's place. */
export const folded = (name: string): string =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[. ]+$/, '');
