import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import fc from 'fast-check';
import { spend, withMemoryOfItsOwn, type Piece } from '#spent-memory';
import { detachedContentMap } from '../attached/attached-envelope.js';
import { BufferSource } from '../byte-source/buffer-source.js';
import type { ByteSource } from '../byte-source/byte-source.js';
import type { Envelope } from '../envelope/envelope.js';
import { parseEnvelope } from '../envelope/parse-envelope.js';
import { cbcAlgorithm, contentInfo } from '../testing/ber-structures.js';
import { cmsErrorFrom, cmsErrorOf } from '../testing/cms-error-matcher.js';
import { CountingSource } from '../testing/counting-source.js';
import { cbcSample, type CbcSample, never, readRange } from '../testing/encrypted-samples.js';
import { EncryptedMedia } from './encrypted-media.js';
import { PlaintextStream } from './plaintext-stream.js';

const envelopeOf = ({ iv }: CbcSample): Envelope =>
  parseEnvelope(contentInfo({ forms: ['definite'], algorithm: cbcAlgorithm(iv) }));

function open(sample: CbcSample, source: ByteSource, sessionKey = sample.sessionKey): Promise<EncryptedMedia> {
  const envelope = envelopeOf(sample);
  return EncryptedMedia.open({
    source,
    envelope,
    contentMap: detachedContentMap(source, envelope),
    sessionKey,
    signal: never,
  });
}

/** A source whose streams are made by the test. */
const sourceOf = (bytes: Buffer, stream: ByteSource['stream']): ByteSource => ({
  size: bytes.length,
  stream,
  read: (start, end) => Promise.resolve(bytes.subarray(start, end)),
});

describe(PlaintextStream.name, () => {
  it('gives the same plaintext for chunks of any size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 300_000 }),
        fc.array(fc.integer({ min: 1, max: 200_000 }), { minLength: 1, maxLength: 5 }),
        fc.tuple(fc.nat(), fc.nat()),
        async (size, chunkSizes, [from, length]) => {
          const sample = cbcSample(size);
          const tiny = Math.min(...chunkSizes) < 50 ? [Math.max(50, Math.floor(size / 500))] : chunkSizes;
          const media = await open(sample, new CountingSource(sample.ciphertext, tiny));
          const start = from % (size + 1);
          const end = start + (length % (size - start + 1));
          expect((await readRange(media)).equals(sample.plaintext)).toBe(true);
          expect((await readRange(media, start, end)).equals(sample.plaintext.subarray(start, end))).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('reads no more than the wanted blocks and the one before', async () => {
    const sample = cbcSample(100_000);
    const source = new CountingSource(sample.ciphertext);
    const media = await open(sample, source);
    expect(source.bytesAsked).toBe(32);
    for (const [start, end, asked] of [
      [0, 1, 16],
      [16, 32, 32],
      [50_000, 50_001, 32],
      [50_001, 50_030, 48],
      // The block of padding is read to be verified.
      [99_999, 100_000, 48],
    ] as const) {
      source.resetCounters();
      await readRange(media, start, end);
      expect({ start, asked: source.bytesAsked, requests: source.requests }).toEqual({ start, asked, requests: 1 });
    }
  });

  it('gathers small chunks and divides large ones', async () => {
    const sample = cbcSample(1_000_000);
    for (const chunkSize of [16 * 1024, 1_000_016]) {
      const sizes: number[] = [];
      const media = await open(sample, new CountingSource(sample.ciphertext, [chunkSize]));
      const stream = media.stream(0, 1_000_000, never);
      stream.on('data', (chunk: Buffer) => sizes.push(chunk.length));
      await once(stream, 'end');
      expect(Math.max(...sizes)).toBeLessThanOrEqual(64 * 1024);
      expect(sizes.length).toBeLessThan(20);
    }
  });

  it('stops reading while nobody takes anything', async () => {
    const sample = cbcSample(5_000_000);
    const source = new CountingSource(sample.ciphertext);
    const media = await open(sample, source);
    const stream = media.stream(0, 5_000_000, never);
    await once(stream, 'readable');
    for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate);
    expect(source.bytesDelivered).toBeLessThan(400_000);
    let length = 0;
    const slow = new Writable({
      highWaterMark: 1,
      write(chunk: Buffer, _, done) {
        length += chunk.length;
        setImmediate(done);
      },
    });
    await pipeline(stream, slow);
    expect(length).toBe(5_000_000);
  });

  it('cancels the transfer when it is destroyed', async () => {
    const sample = cbcSample(5_000_000);
    const source = new CountingSource(sample.ciphertext);
    const media = await open(sample, source);
    const stream = media.stream(0, 5_000_000, never);
    await once(stream, 'data');
    stream.destroy();
    await once(stream, 'close');
    expect(source.streams.map(({ destroyed }) => destroyed)).toEqual([true]);
  });

  it('cancels the transfer when the signal says so, and fails with its reason', async () => {
    const sample = cbcSample(5_000_000);
    const source = new CountingSource(sample.ciphertext);
    const media = await open(sample, source);
    const controller = new AbortController();
    const stream = media.stream(0, 5_000_000, controller.signal);
    const failed = once(stream, 'error');
    await once(stream, 'data');
    const reason = new Error('the player left');
    controller.abort(reason);
    expect(await failed).toEqual([reason]);
    expect(source.streams.map(({ destroyed }) => destroyed)).toEqual([true]);
  });

  it('does not begin when the signal was aborted before', async () => {
    const sample = cbcSample(1000);
    const source = new CountingSource(sample.ciphertext);
    const media = await open(sample, source);
    source.resetCounters();
    const stream = media.stream(0, 1000, AbortSignal.abort(new Error('too late')));
    await expect(stream.toArray()).rejects.toThrow('too late');
    expect(source.requests).toBe(0);
  });

  it('leaves a source alone that has given everything, so that its connection can be used again', async () => {
    const sample = cbcSample(100_000);
    const source = new CountingSource(sample.ciphertext);
    const media = await open(sample, source);
    await readRange(media, 10, 50_000);
    expect(source.streams.map(({ readableEnded }) => readableEnded)).toEqual([true]);
  });

  it('gives the memory of ciphertext back that is its own, and lets its reader do so with that of plaintext', async () => {
    const sample = cbcSample(1_000_000);
    const media = await open(sample, new CountingSource(sample.ciphertext));
    const own: Piece[] = [];
    const shared: Piece[] = [];
    for (let at = 0; at < sample.ciphertext.length; at += 50_000) {
      const chunk = Buffer.allocUnsafeSlow(Math.min(50_000, sample.ciphertext.length - at));
      sample.ciphertext.copy(chunk, 0, at);
      if (at % 100_000 === 0) own.push(withMemoryOfItsOwn(chunk));
      else shared.push(chunk);
    }
    const inTurn = own.flatMap((chunk, index) => [chunk, ...shared.slice(index, index + 1)]);
    const source = sourceOf(sample.ciphertext, () => Readable.from(inTurn, { objectMode: false }));
    const stream = (await open(sample, source)).stream(0, 1_000_000, never);
    const got: Buffer[] = [];
    stream.on('data', (piece: Piece) => {
      const { length } = piece;
      got.push(Buffer.from(piece));
      spend(piece);
      expect(piece.length).toBe(length < 32 * 1024 ? length : 0);
    });
    await once(stream, 'end');
    expect(Buffer.concat(got).equals(sample.plaintext)).toBe(true);
    expect(own.filter(({ length }) => length >= 32 * 1024)).toEqual([]);
    expect(shared.every(({ length }) => length > 0)).toBe(true);
    expect((await readRange(media)).equals(sample.plaintext)).toBe(true);
  });

  describe('with a failing source', () => {
    const sample = cbcSample(200_000);

    it('passes the error on', async () => {
      const failure = new Error('connection reset');
      const source = sourceOf(
        sample.ciphertext,
        () =>
          new Readable({
            read() {
              this.destroy(failure);
            },
          }),
      );
      await expect(readRange(await open(sample, source))).rejects.toBe(failure);
    });

    it.each([0, 16, 99_999, 199_999])(
      'fails when the source ends after %d bytes, and never ends as if whole',
      async count => {
        const source = sourceOf(sample.ciphertext, () => Readable.from([sample.ciphertext.subarray(0, count)]));
        const error = await cmsErrorFrom(readRange(await open(sample, source)));
        expect(error).toMatchObject({ code: 'CMS_TRUNCATED', offset: count });
      },
    );

    it('fails when the source closes without an end', async () => {
      const source = sourceOf(
        sample.ciphertext,
        () =>
          new Readable({
            read() {
              this.destroy();
            },
          }),
      );
      expect((await cmsErrorFrom(readRange(await open(sample, source)))).code).toBe('CMS_TRUNCATED');
    });

    it('fails when the source gives more than it was asked for', async () => {
      const source = sourceOf(sample.ciphertext, () => Readable.from([sample.ciphertext, Buffer.alloc(16)]));
      await expect(readRange(await open(sample, source))).rejects.toThrow('more bytes');
    });

    it('fails when the source cannot begin', async () => {
      const source = sourceOf(sample.ciphertext, () => {
        throw new Error('no connection left');
      });
      await expect(readRange(await open(sample, source))).rejects.toThrow('no connection left');
    });
  });

  describe('when the content changes behind its back', () => {
    it.each([100_000, 99_990])('does not release the last of %d bytes if the padding is wrong by then', async size => {
      const sample = cbcSample(size);
      const bytes = Buffer.from(sample.ciphertext);
      const media = await open(sample, new BufferSource(bytes));
      bytes.writeUInt8(bytes.readUInt8(bytes.length - 17) ^ 1, bytes.length - 17);
      let released = 0;
      const stream = media.stream(0, size, never);
      stream.on('data', (chunk: Buffer) => (released += chunk.length));
      const [error] = (await once(stream, 'error')) as [unknown];
      expect(error).toMatchObject({ code: 'CMS_UNDECRYPTABLE' });
      expect(released).toBeLessThan(size);
    });
  });

  describe(EncryptedMedia.name, () => {
    it('answers a wrong key, a key of wrong length and wrong padding with one error', async () => {
      const sample = cbcSample(1000);
      const bad = Buffer.from(sample.ciphertext);
      bad.writeUInt8(bad.readUInt8(bad.length - 17) ^ 0x80, bad.length - 17);
      const errors = [
        await cmsErrorFrom(open(sample, new BufferSource(bad))),
        await cmsErrorFrom(open(sample, new BufferSource(sample.ciphertext), randomBytes(16))),
        await cmsErrorFrom(openWithWrongKey(sample)),
      ];
      for (const error of errors) {
        expect(error).toMatchObject({ code: 'CMS_UNDECRYPTABLE', message: errors[0]?.message, offset: undefined });
        expect(error.cause).toBeUndefined();
      }
    });

    /** One wrong key of 256 gives what looks like padding. */
    async function openWithWrongKey(sample: CbcSample): Promise<EncryptedMedia> {
      for (;;) await open(sample, new BufferSource(sample.ciphertext), randomBytes(32));
    }

    it('accepts each length of padding and refuses every other last byte', async () => {
      for (let size = 100; size < 117; size++) {
        const sample = cbcSample(size);
        expect((await open(sample, new BufferSource(sample.ciphertext))).plaintextLength).toBe(size);
      }
    });

    it('lets streams in flight go on when it is closed and its key overwritten, and begins no new ones', async () => {
      const sample = cbcSample(1_000_000);
      const key = Buffer.from(sample.sessionKey);
      const media = await open(sample, new BufferSource(sample.ciphertext), key);
      const begun = media.stream(100, 999_999, never);
      const overwritten = await open(sample, new BufferSource(sample.ciphertext), key);
      media.close();
      key.fill(0);
      expect(Buffer.concat(await begun.toArray()).equals(sample.plaintext.subarray(100, 999_999))).toBe(true);
      expect(cmsErrorOf(() => media.stream(0, 1, never)).code).toBe('CMS_CLOSED');
      expect(cmsErrorOf(() => overwritten.stream(0, 1, never)).code).toBe('CMS_CLOSED');
    });

    it.each([
      [-1, 5],
      [5, 4],
      [0, 1001],
      [0.5, 2],
      [NaN, 2],
    ])('refuses the range [%d, %d)', async (start, end) => {
      const sample = cbcSample(1000);
      const media = await open(sample, new BufferSource(sample.ciphertext));
      expect(() => media.stream(start, end, never)).toThrow(RangeError);
    });

    it.each([0, 1, 15, 17, 31])('refuses detached content of %d bytes', async size => {
      const sample = { ...cbcSample(10), ciphertext: Buffer.alloc(size) };
      expect((await cmsErrorFrom(open(sample, new BufferSource(sample.ciphertext)))).code).toBe('CMS_MALFORMED');
    });
  });
});
