import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
// eslint-disable-next-line no-restricted-imports -- the recorder of this test
import { encryptDetached, frameOfContent } from '#cms';
import type { ArchiveRequest } from '#contracts';
import type { WorkerErrands } from '../media-index/worker-errands.js';
import type { PermittedMedia } from '../playback/playback.service.js';
import type { WorkerAnswer } from '../workers/worker-answer.js';
import type { WorkerClient } from '../workers/worker-client.js';
import { ArchivedMediaSource } from './archived-media-source.js';
import type { ArchiveRewraps } from './archive-rewraps.js';

const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const identifier = {
  type: 'issuer-and-serial-number',
  issuer: Buffer.from('3000', 'hex'),
  serialNumber: Buffer.from([1]),
} as const;
const { envelope } = encryptDetached({
  recipients: [{ identifier, publicKey, keyEncryption: { scheme: 'rsaes-pkcs1-v1_5' } }],
});
const stored = randomBytes(1_000_000);
const mediaFile = {
  mediaId: '1',
  type: 'audio/mp3',
  leaf: '1.mp3',
  mediaDescriptor: { storage: 'webDAV', path: '1.bin' },
};
const media = {
  recording: { id: 'r', contactCenter: 'cc-1', region: 'default', mediaFiles: [mediaFile] },
  mediaFile,
  envelope: { layout: 'detached', detached: envelope.toString('base64') },
} as unknown as PermittedMedia;

interface AskedOf {
  readonly request: ArchiveRequest;
  readonly body: PassThrough;
}

/** A source whose workers answer with bodies that the test holds in its hands. */
function source(): { readonly archived: ArchivedMediaSource; readonly asked: AskedOf[] } {
  const asked: AskedOf[] = [];
  const archive = (_: unknown, request: ArchiveRequest): Promise<WorkerAnswer> => {
    const body = new PassThrough();
    asked.push({ request, body });
    const length = stored.length - (request.resume?.offset ?? 0);
    const headers = { 'content-length': String(length), etag: '"1"' };
    return Promise.resolve({ status: 200, headers, body: body });
  };
  const run = (_: unknown, errand: (worker: object, granted: object) => Promise<unknown>) =>
    errand({}, { grant: 'jws' });
  const archived = new ArchivedMediaSource(
    { findLeaves: () => Promise.resolve(undefined) },
    { run } as unknown as WorkerErrands,
    { archive } as unknown as WorkerClient,
    {} as ArchiveRewraps,
  );
  return { archived, asked };
}

const open = (archived: ArchivedMediaSource) =>
  archived.open({
    media,
    userName: 'alice',
    archive: 'a',
    recipients: {},
    requestId: 'q',
    signal: new AbortController().signal,
  } as Parameters<ArchivedMediaSource['open']>[0]);

describe(ArchivedMediaSource.name, () => {
  it('asks another worker where one broke off while the member waited for its turn, and nobody else hears of it', async () => {
    const { archived, asked } = source();
    const member = await open(archived);
    asked[0]?.body.write(stored.subarray(0, 1000));
    await turnOfLoop();
    asked[0]?.body.destroy(new Error('the worker is gone'));
    for (let turn = 0; turn < 5; turn++) await turnOfLoop();
    const whole = buffer(member.content());
    while (asked.length < 2) await turnOfLoop();
    expect(asked[1]?.request.resume).toEqual({ entityTag: '"1"', offset: 0 });
    asked[1]?.body.end(stored);
    const { head, tail } = frameOfContent(envelope, stored.length);
    expect((await whole).equals(Buffer.concat([head, stored, tail]))).toBe(true);
    expect(member.length).toBe(head.length + stored.length + tail.length);
  });

  it('goes on from the very byte where one breaks off in the middle', async () => {
    const { archived, asked } = source();
    const member = await open(archived);
    const whole = buffer(member.content());
    asked[0]?.body.write(stored.subarray(0, 300_000));
    // A slow source is not waited for.
    while ((asked[0]?.body.readableLength ?? 1) > 0) await turnOfLoop();
    asked[0]?.body.destroy(new Error('the worker is gone'));
    while (asked.length < 2) await turnOfLoop();
    const offset = asked[1]?.request.resume?.offset ?? 0;
    expect(offset).toBe(300_000);
    asked[1]?.body.end(stored.subarray(offset));
    const { head, tail } = frameOfContent(envelope, stored.length);
    expect((await whole).equals(Buffer.concat([head, stored, tail]))).toBe(true);
  });

  it('leaves the body of a member that nobody wants', async () => {
    const { archived, asked } = source();
    const member = await open(archived);
    asked[0]?.body.write(stored);
    member.giveUp();
    while (asked[0]?.body.destroyed !== true) {
      asked[0]?.body.end();
      await turnOfLoop();
    }
    expect(asked).toHaveLength(1);
  });
});
