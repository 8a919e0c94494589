import { entityTagOf } from './representation.js';

const stored = {
  entityTag: '"1a-62f"',
  lastModified: new Date('2026-03-02T09:15:30Z'),
  size: 1600,
  envelopeDigest: 'ab'.repeat(32),
};

describe(entityTagOf.name, () => {
  it('is a strong tag of RFC 9110, 8.8.3', () => {
    expect(entityTagOf(stored)).toMatch(/^"[\x21\x23-\x7e]+"$/);
  });

  it('is the same on every worker', () => {
    expect(entityTagOf({ ...stored })).toBe(entityTagOf(stored));
  });

  it.each([
    ['the tag of the stored file', { entityTag: '"1a-630"' }],
    ['the size of the stored file', { size: 1616 }],
    ['the envelope', { envelopeDigest: 'cd'.repeat(32) }],
    ['the loss of the envelope', { envelopeDigest: undefined }],
  ])('changes with %s', (_, change) => {
    expect(entityTagOf({ ...stored, ...change })).not.toBe(entityTagOf(stored));
  });

  it('goes by the time of the last modification where the store gives no tag', () => {
    const untagged = { ...stored, entityTag: undefined };
    expect(entityTagOf(untagged)).not.toBe(entityTagOf({ ...untagged, lastModified: new Date(0) }));
    expect(entityTagOf({ ...untagged, lastModified: undefined })).toMatch(/^"[^"]+"$/);
  });

  it('does not show the digest of the envelope', () => {
    expect(entityTagOf(stored)).not.toContain(stored.envelopeDigest.slice(0, 6));
  });
});
