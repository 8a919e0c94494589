import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { Tag } from '../asn1/element-header.js';
import { readAttachedEnvelope } from '../attached/attached-envelope.js';
import { CopyTransform } from '../decryption/content-transform.js';
import { PlaintextStream } from '../decryption/plaintext-stream.js';
import { cmsErrorFrom } from '../testing/cms-error-matcher.js';
import { CountingSource } from '../testing/counting-source.js';
import {
  element,
  encodeSegments,
  type LengthForm,
  lengthForm,
  primitive,
  type SegmentTree,
} from '../testing/ber-structures.js';
import { attachedFile, cbcSample, never, openAttached, readRange } from '../testing/encrypted-samples.js';
import { SegmentedContentMap } from './segmented-content.js';

const kibibyte = 1024;
const constructed = Tag.contextConstructed(0);

/** `ciphertext` in segments of the sizes given, the last of which is repeated. */
function cut(ciphertext: Buffer, sizes: readonly number[]): Buffer[] {
  const segments: Buffer[] = [];
  for (let at = 0, number = 0; at < ciphertext.length; number++) {
    const size = sizes[Math.min(number, sizes.length - 1)] ?? 1;
    segments.push(ciphertext.subarray(at, at + size));
    at += size;
  }
  return segments;
}

/** Groups some neighbours into nested strings, as the seed says. */
function nest(segments: readonly SegmentTree[], groups: readonly (readonly [number, LengthForm])[]): SegmentTree[] {
  let trees = [...segments];
  for (const [seed, form] of groups) {
    const at = seed % (trees.length + 1);
    const count = (seed >>> 8) % 4;
    trees = [...trees.slice(0, at), { form, children: trees.slice(at, at + count) }, ...trees.slice(at + count)];
  }
  return trees;
}

const segmented = (trees: readonly SegmentTree[], form: LengthForm = 'indefinite'): Buffer =>
  element(constructed, form, ...trees.map(encodeSegments));

describe(SegmentedContentMap.name, () => {
  it('reads any segmentation, nested or not, whole and by ranges, from chunks of any size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(3000),
        fc.array(fc.nat(900), { minLength: 1, maxLength: 20 }),
        fc.array(fc.tuple(fc.nat(), lengthForm), { maxLength: 6 }),
        fc.array(lengthForm, { minLength: 5, maxLength: 5 }),
        lengthForm,
        fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 4 }),
        fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 5 }),
        async (size, sizes, groups, forms, form, chunkSizes, ranges) => {
          const sample = cbcSample(size);
          const segments = cut(sample.ciphertext, [...sizes, 700]);
          const stored = attachedFile(sample, segmented(nest(segments, groups), form), forms);
          for (const segmentSearch of ['pattern-or-scan', 'scan'] as const) {
            const source = new CountingSource(stored, chunkSizes);
            const media = await openAttached(source, sample.sessionKey, { segmentSearch });
            expect(media.plaintextLength).toBe(size);
            expect((await readRange(media)).equals(sample.plaintext)).toBe(true);
            for (const [from, length] of ranges) {
              const start = from % (size + 1);
              const end = start + (length % (size - start + 1));
              expect((await readRange(media, start, end)).equals(sample.plaintext.subarray(start, end))).toBe(true);
            }
          }
        },
      ),
      { numRuns: 150 },
    );
  }, 60_000);

  describe.each([1000, 4096, 16 * kibibyte, 40_000, 300_000])('even segments of %d bytes', segmentSize => {
    const sample = cbcSample(1_000_003);
    const stored = attachedFile(sample, segmented(cut(sample.ciphertext, [segmentSize])));

    it('are found by arithmetic', async () => {
      const source = new CountingSource(stored);
      const media = await openAttached(source, sample.sessionKey);
      expect(media.addressing).toBe('regular');
      expect(media.plaintextLength).toBe(sample.plaintext.length);
      expect(source.bytesAsked).toBeLessThan(16 * kibibyte + 64 * kibibyte + kibibyte);
    });

    it('cost a seek its range and at most 64 KiB more', async () => {
      const source = new CountingSource(stored);
      const media = await openAttached(source, sample.sessionKey);
      await fc.assert(
        fc.asyncProperty(fc.nat(900_000), fc.nat(100_000), async (start, length) => {
          source.resetCounters();
          const range = await readRange(media, start, start + length);
          expect(range.equals(sample.plaintext.subarray(start, start + length))).toBe(true);
          expect(source.bytesAsked).toBeLessThanOrEqual(length + 64 * kibibyte);
        }),
        { numRuns: 30 },
      );
    });
  });

  it('finds irregular segments with a seek of at most 64 KiB more than the range', async () => {
    const sample = cbcSample(2_000_000);
    const sizes = Array.from({ length: 2000 }, (_, number) => 1 + ((number * 7919) % 2000));
    const source = new CountingSource(attachedFile(sample, segmented(cut(sample.ciphertext, sizes))));
    const media = await openAttached(source, sample.sessionKey);
    expect(media.addressing).toBe('indexed');
    for (let start = 0; start < 1_900_000; start += 123_457) {
      source.resetCounters();
      expect((await readRange(media, start, start + 1000)).equals(sample.plaintext.subarray(start, start + 1000))).toBe(
        true,
      );
      expect(source.bytesAsked).toBeLessThanOrEqual(1000 + 64 * kibibyte + 10 * kibibyte);
    }
  });

  it('jumps over large segments when it has to scan', async () => {
    const sample = cbcSample(20_000_000);
    const sizes = [3_000_000, 5_000_000, 100, 4_000_000, 7_000_000];
    const source = new CountingSource(attachedFile(sample, segmented(cut(sample.ciphertext, sizes))));
    const media = await openAttached(source, sample.sessionKey, { segmentSearch: 'scan' });
    expect(media.plaintextLength).toBe(20_000_000);
    expect(source.bytesDelivered).toBeLessThan(2 * kibibyte * kibibyte);
    const start = 7_999_990;
    expect((await readRange(media, start, start + 200)).equals(sample.plaintext.subarray(start, start + 200))).toBe(
      true,
    );
  });

  describe('a file that begins and ends evenly but is uneven between', () => {
    const sample = cbcSample(400_000);

    /** 2000 + 4 + 2092 bytes take the place of 4096 bytes behind one header: nothing that follows is moved. */
    function stored(oddities: number): Buffer {
      const even = 20 * 4096;
      const odd = even + oddities * (2000 + 2092);
      return attachedFile(
        sample,
        segmented([
          ...cut(sample.ciphertext.subarray(0, even), [4096]),
          ...Array.from({ length: oddities }, (_, i) =>
            cut(sample.ciphertext.subarray(even + i * 4092, even + (i + 1) * 4092), [2000, 2092]),
          ).flat(),
          ...cut(sample.ciphertext.subarray(odd), [4096]),
        ]),
      );
    }

    it('is scanned when the length cannot be right', async () => {
      const media = await openAttached(new CountingSource(stored(1)), sample.sessionKey);
      expect(media.addressing).toBe('indexed');
      expect((await readRange(media)).equals(sample.plaintext)).toBe(true);
    });

    it('is found out when it is read, never misread', async () => {
      const file = stored(4);
      const media = await openAttached(new CountingSource(file), sample.sessionKey);
      expect(media.addressing).toBe('regular');
      const error = await cmsErrorFrom(readRange(media));
      expect(error.code).toBe('CMS_PATTERN_BROKEN');
      expect(file.readUInt32BE(error.offset)).toBe(0x048207d0);
    });

    it('is read when its segments are scanned', async () => {
      const media = await openAttached(new CountingSource(stored(4)), sample.sessionKey, { segmentSearch: 'scan' });
      expect((await readRange(media)).equals(sample.plaintext)).toBe(true);
    });
  });

  it('finds out a large segment that is not where it should be before it is entered in the middle', async () => {
    const sample = cbcSample(100_000 * 12);
    const even = Array.from({ length: 6 }, () => 100_000);
    // Four times as many stored bytes as an even segment has, and 16 bytes of ciphertext less than four of them.
    const odd = [50_000, 49_997, 50_000, 49_997, 50_000, 49_997, 30_000, 30_000, 39_993];
    const stored = attachedFile(sample, segmented(cut(sample.ciphertext, [...even, ...odd, 100_000])));
    const { contentMap } = await readAttachedEnvelope(new CountingSource(stored), never);
    const located = await contentMap.locate(new CountingSource(stored), never);
    expect(located.addressing).toBe('regular');
    const reading = (start: number, end: number): Promise<Buffer> =>
      buffer(new PlaintextStream(located, new CopyTransform(start, end), never));
    expect((await cmsErrorFrom(reading(660_000, 661_000))).code).toBe('CMS_PATTERN_BROKEN');
    expect((await reading(560_000, 561_000)).equals(sample.ciphertext.subarray(560_000, 561_000))).toBe(true);
  });

  describe('of hostile making', () => {
    const sample = cbcSample(1000);
    const open = (content: Buffer, forms: readonly LengthForm[] = ['indefinite']) =>
      openAttached(new CountingSource(attachedFile(sample, content, forms)), sample.sessionKey);

    it('refuses more than a thousand empty segments in a row, but not fewer', async () => {
      const empty = (count: number): Buffer[] => Array.from({ length: count }, () => Buffer.alloc(0));
      const middle = (count: number): Buffer =>
        segmented([sample.ciphertext.subarray(0, 500), ...empty(count), sample.ciphertext.subarray(500)]);
      expect((await cmsErrorFrom(open(middle(2000)))).code).toBe('CMS_LIMIT_EXCEEDED');
      expect((await readRange(await open(middle(1000)))).equals(sample.plaintext)).toBe(true);
    });

    it('refuses strings nested too deeply', async () => {
      const deep = Array.from({ length: 20 }).reduce<SegmentTree>(
        inner => ({ form: 'indefinite', children: [inner] }),
        sample.ciphertext,
      );
      expect((await cmsErrorFrom(open(segmented([deep])))).code).toBe('CMS_LIMIT_EXCEEDED');
    });

    it.each([
      ['an INTEGER among the segments', element(constructed, 'indefinite', primitive(0x02, Buffer.from([1])))],
      ['a segment longer than its string', element(constructed, 'definite', Buffer.from('0482ffff00', 'hex'))],
      [
        'a nested segment longer than its string',
        element(constructed, 'definite', Buffer.from('24020410', 'hex'), Buffer.alloc(16)),
      ],
      ['end-of-contents octets within a definite length', element(constructed, 'definite', Buffer.from('0000', 'hex'))],
      ['end-of-contents octets with content', Buffer.from('a080000100', 'hex')],
      ['no content', element(constructed, 'indefinite')],
      ['content that is no multiple of the block', segmented([sample.ciphertext.subarray(0, 17)])],
      ['an empty primitive', primitive(0x80, Buffer.alloc(0))],
      ['a primitive that is no multiple of the block', primitive(0x80, Buffer.alloc(15))],
    ])('refuses %s', async (_, content) => {
      expect((await cmsErrorFrom(open(content))).code).toBe('CMS_MALFORMED');
    });

    it('refuses every cut of a segmented file', async () => {
      const stored = attachedFile(sample, segmented(cut(sample.ciphertext, [100])));
      for (let length = 0; length < stored.length; length++) {
        const error = await cmsErrorFrom(
          openAttached(new CountingSource(stored.subarray(0, length)), sample.sessionKey),
        );
        expect({ length, code: error.code }).toEqual({ length, code: 'CMS_TRUNCATED' });
      }
    });

    it('refuses every cut of a definite file', async () => {
      const stored = attachedFile(sample, primitive(0x80, sample.ciphertext), ['definite']);
      for (let length = 0; length < stored.length; length += 7) {
        const error = await cmsErrorFrom(
          openAttached(new CountingSource(stored.subarray(0, length)), sample.sessionKey),
        );
        expect({ length, code: error.code }).toEqual({ length, code: 'CMS_TRUNCATED' });
      }
    });

    it('tells a cut file of even segments without reading all of it', async () => {
      const large = cbcSample(3_000_000);
      const stored = attachedFile(large, segmented(cut(large.ciphertext, [4096])));
      const source = new CountingSource(stored.subarray(0, 2_000_000));
      expect((await cmsErrorFrom(openAttached(source, large.sessionKey))).code).toBe('CMS_TRUNCATED');
      expect(source.bytesAsked).toBeLessThan(128 * kibibyte);
    });

    it.each(['definite', 'indefinite'] as const)('refuses trailing bytes behind a file of %s lengths', async form => {
      const content = form === 'definite' ? primitive(0x80, sample.ciphertext) : segmented([sample.ciphertext]);
      const stored = attachedFile(sample, content, [form]);
      const error = await cmsErrorFrom(
        openAttached(new CountingSource(Buffer.concat([stored, Buffer.of(1, 2, 3)])), sample.sessionKey),
      );
      expect(error).toMatchObject({ code: 'CMS_MALFORMED', offset: stored.length });
    });
  });
});
