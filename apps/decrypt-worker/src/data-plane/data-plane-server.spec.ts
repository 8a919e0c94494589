import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { encryptAttached, encryptDetached, parseEnvelope } from '#cms';
import {
  contentTreePath,
  contentTreeReplySchema,
  forgetPath,
  inspectPath,
  inspectReplySchema,
  mediaPath,
  removePath,
  representationLengthHeader,
  type MediaRequest,
} from '#contracts';
import { envelopeDigest, type GrantContent } from '#grants';
import { ContentTreeBuilder, contentTreeBlockBytes as block } from '#media-storage';
import { recipients } from '#test/data-plane/judging-vault.js';
import {
  ClusterIdentities,
  transports,
  WorkerUnderTest,
  type WorkerAnswer,
} from '#test/data-plane/worker-under-test.js';

/** An MP3 with an empty tag, and bytes that do not repeat. */
const mediaLike = (length: number): Buffer =>
  Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1'), randomBytes(length - 10)]);
const owner = 'cc-1';
const plaintext = mediaLike(5 * block + 12_345);
const location = { storage: 'file', path: 'call.bin' };
const subject = { sub: 'anthony', contactCenter: owner, recording: 'recording-1', mediaFile: 'call.bin', location };

interface Stored {
  readonly layout: 'detached' | 'attached' | 'plain';
  readonly content: Buffer;
  readonly grant: GrantContent;
  readonly request: Partial<MediaRequest>;
}

let identities: ClusterIdentities;
let stored: readonly Stored[];
let workers: WorkerUnderTest[] = [];

beforeAll(async () => {
  identities = await ClusterIdentities.create();
  const { envelope, ciphertext } = encryptDetached({ recipients });
  ciphertext.end(plaintext);
  const detached = await buffer(ciphertext);
  const attached = await buffer(encryptAttached({ recipients, plaintext: Readable.from([plaintext]) }));
  const play = { ...subject, purpose: 'play' as const };
  stored = [
    {
      layout: 'detached',
      content: detached,
      grant: { ...play, layout: 'detached', envelopeDigest: envelopeDigest(envelope) },
      request: { envelope: envelope.toString('base64') },
    },
    {
      layout: 'attached',
      content: attached,
      grant: { ...play, layout: 'attached', envelopeDigest: digestOfAttached(attached) },
      request: {},
    },
    { layout: 'plain', content: plaintext, grant: { ...play, layout: 'plain' }, request: {} },
  ];
});
afterEach(async () => {
  await Promise.all(workers.map(worker => worker.stop()));
  workers = [];
});

/** The envelope ends with the header of the content. */
function digestOfAttached(file: Buffer): string {
  for (let end = 100; end < 4000; end++) {
    try {
      parseEnvelope(file.subarray(0, end));
      return envelopeDigest(file.subarray(0, end));
    } catch {
      // Longer.
    }
  }
  throw new Error('no envelope');
}

function treeOf(content: Buffer) {
  const builder = new ContentTreeBuilder();
  builder.update(content);
  return builder.finish();
}

/** Grant and request with what is pinned of the file. */
function pinned({ grant, request, content }: Stored, pinnedContent = content) {
  const { length, root, leaves } = treeOf(pinnedContent);
  return {
    grant: { ...grant, content: { length, root } },
    request: { ...request, contentTree: leaves.toString('base64') },
  };
}

const without = (grant: GrantContent, member: keyof GrantContent): GrantContent =>
  Object.fromEntries(Object.entries(grant).filter(([name]) => name !== member)) as GrantContent;
const layouts = ['detached', 'attached', 'plain'] as const;
const of = (layout: Stored['layout']): Stored => stored.find(file => file.layout === layout)!;
const codeOf = ({ body }: WorkerAnswer): unknown => (JSON.parse(body.toString()) as { code: unknown }).code;

describe.each(transports)('over %s', transport => {
  async function workerWith(content: Buffer, ...options: readonly object[]): Promise<WorkerUnderTest> {
    const worker = await new WorkerUnderTest(identities, owner, options[0], transport).start();
    workers.push(worker);
    worker.write('call.bin', content);
    worker.write('other.bin', content);
    return worker;
  }

  describe.each(layouts)('media that is %s', layout => {
    /** Each grant that differs from the good one in what an authority judges. */
    const changes: Readonly<Record<string, (grant: GrantContent) => GrantContent>> = {
      'contact center': grant => ({ ...grant, contactCenter: 'cc-2' }),
      recording: grant => ({ ...grant, recording: 'recording-2' }),
      'media file': grant => ({ ...grant, mediaFile: 'screen.bin' }),
      'another file': grant => ({ ...grant, location: { ...location, path: 'missing.bin' } }),
      'another storage': grant => ({ ...grant, location: { ...location, storage: 'webDAV' } }),
      'a place outside': grant => ({ ...grant, location: { ...location, path: '../call.bin' } }),
      'a grant to inspect': grant => ({ ...grant, purpose: 'inspect' }),
      'no layout': grant => without(grant, 'layout'),
      'layout detached': grant => ({ ...grant, layout: 'detached' }),
      'layout attached': grant => ({ ...grant, layout: 'attached' }),
      'layout plain': grant => ({ ...grant, layout: 'plain' }),
      'another envelope': grant => ({ ...grant, envelopeDigest: 'ab'.repeat(32) }),
      'no envelope': grant => without(grant, 'envelopeDigest'),
      'another length': grant => ({ ...grant, content: { length: 7 } }),
      'another root': grant => ({ ...grant, content: { length: plaintext.length, root: 'cd'.repeat(32) } }),
    };
    const comparable = ({ status, headers, body, aborted }: WorkerAnswer) => {
      const text = body.toString().replace(/"requestId":"[^"]*"/, '');
      return { status, headers: { ...headers, date: '', 'content-length': text.length }, text, aborted };
    };

    it('is answered warm as it is cold, for every grant', async () => {
      const file = of(layout);
      const warm = await workerWith(file.content, { contactCenters: [owner, 'cc-2'] });
      expect((await warm.media(file.grant, file.request)).status).toBe(200);
      let refusals = 0;
      for (const [name, change] of Object.entries(changes)) {
        const grant = change(file.grant);
        const cold = await workerWith(file.content, { contactCenters: [owner, 'cc-2'] });
        for (const more of [{}, { range: 'bytes=70000-70099' }, { window: 1000 }]) {
          const request = { ...file.request, ...more };
          const [first, second] = [await cold.media(grant, request), await warm.media(grant, request)];
          expect({ name, ...comparable(second) }).toEqual({ name, ...comparable(first) });
          if (first.status >= 400) refusals++;
        }
      }
      expect(refusals).toBeGreaterThanOrEqual(14);
    });

    it('plays, checked against its tree: the leaves are asked for once', async () => {
      const file = of(layout);
      const worker = await workerWith(file.content);
      const { grant, request } = pinned(file);
      const without = { ...request, contentTree: undefined };
      const asked = await worker.media(grant, without);
      expect([asked.status, codeOf(asked)]).toEqual([409, 'RCS_CONTENT_TREE_NEEDED']);
      expect(worker.vault.asked).toBe(0);
      expect((await worker.media(grant, request)).body.equals(plaintext)).toBe(true);
      for (let turn = 0; turn < 20; turn++) {
        const start = Math.floor(Math.random() * plaintext.length);
        const end = start + Math.floor(Math.random() * (plaintext.length - start));
        const part = await worker.media(grant, { ...without, range: `bytes=${start}-${end}` });
        expect([part.status, part.body.equals(plaintext.subarray(start, end + 1))]).toEqual([206, true]);
      }
      expect(worker.vault.asked).toBe(layout === 'plain' ? 0 : 1);
    });

    it('is sent in windows that join to the body, whatever part of it is asked for', async () => {
      const file = of(layout);
      const worker = await workerWith(file.content);
      const { length } = plaintext;
      for (const more of [
        {},
        { range: 'bytes=70001-' },
        { range: `bytes=-${length - 5}` },
        { range: 'bytes=0-99999,100100-' },
      ]) {
        for (const { grant, request } of [file, pinned(file)]) {
          const asked = { ...request, ...more };
          const whole = await worker.media(grant, asked);
          const parts: Buffer[] = [];
          let offset = 0;
          for (const window of [65_536, 1, 100_000]) {
            const resume = { entityTag: String(whole.headers.etag), offset };
            const part = await worker.media(grant, { ...asked, window, ...(offset > 0 ? { resume } : {}) });
            expect([part.status, part.body.length]).toEqual([whole.status, window]);
            expect(part.headers[representationLengthHeader]).toBe(String(whole.body.length));
            parts.push(part.body);
            offset += window;
          }
          // Hardly more than the window is left.
          const resume = { entityTag: String(whole.headers.etag), offset };
          const rest = await worker.media(grant, {
            ...asked,
            resume,
            window: Math.ceil((whole.body.length - offset) / 1.4),
          });
          expect(rest.headers).not.toHaveProperty(representationLengthHeader);
          expect(Buffer.concat([...parts, rest.body]).equals(whole.body)).toBe(true);
        }
      }
    });

    it('is refused when one byte of it was changed, before the head or by breaking off', async () => {
      const file = of(layout);
      const { grant, request } = pinned(file);
      for (const at of [0, block - 1, 2 * block, 4 * block + 5, file.content.length - 1]) {
        const garbled = Buffer.from(file.content);
        garbled.writeUInt8(garbled.readUInt8(at) ^ 1, at);
        const worker = await workerWith(garbled);
        const whole = await worker.media(grant, request);
        if (whole.status === 200) expect(whole.aborted).toBe(true);
        else expect([whole.status, codeOf(whole)]).toEqual([422, 'RCS_CONTENT_CHANGED']);
        // What came is what was recorded.
        if (whole.status === 200) expect(plaintext.subarray(0, whole.body.length).equals(whole.body)).toBe(true);
        const within = Math.min(at, plaintext.length - 200);
        const part = await worker.media(grant, { ...request, range: `bytes=${within}-${within + 99}` });
        if (part.status === 422) expect(codeOf(part)).toBe('RCS_CONTENT_CHANGED');
        else expect(part.body.equals(plaintext.subarray(within, within + 100))).toBe(true);
      }
    });

    it('is refused when it is another file, shorter or longer, with a tree and without', async () => {
      const file = of(layout);
      const { grant, request } = pinned(file);
      for (const other of [
        file.content.subarray(0, -16),
        Buffer.concat([file.content, randomBytes(16)]),
        Buffer.alloc(0),
      ]) {
        const worker = await workerWith(other);
        for (const content of [grant.content, { length: grant.content.length }]) {
          const answer = await worker.media({ ...grant, content }, request);
          expect([answer.status, codeOf(answer)]).toEqual([422, 'RCS_CONTENT_CHANGED']);
        }
      }
      const worker = await workerWith(randomBytes(file.content.length));
      const answer = await worker.media(grant, request);
      expect([answer.status, codeOf(answer)]).toEqual([422, 'RCS_CONTENT_CHANGED']);
    });

    it('is not played with the leaves of another tree', async () => {
      const file = of(layout);
      const worker = await workerWith(file.content);
      const { grant, request } = pinned(file);
      const contentTree = treeOf(randomBytes(file.content.length)).leaves.toString('base64');
      const answer = await worker.media(grant, { ...request, contentTree });
      expect([answer.status, codeOf(answer)]).toEqual([400, 'RCS_INVALID_VALUE']);
    });
  });

  describe('a key that is forgotten', () => {
    it.each([
      ['its identifier', '0707'],
      ['the alias of its certificate', 'recording'],
    ])('by %s ends its sessions at once, and nobody else’s', async (_, keyIdentifier) => {
      const file = of('detached');
      const worker = await workerWith(file.content);
      expect((await worker.media(file.grant, file.request)).status).toBe(200);
      worker.vault.disabled = true;
      expect((await worker.media(file.grant, file.request)).status).toBe(200);
      const others = [
        { contactCenter: 'cc-2', keyIdentifier },
        { contactCenter: owner, keyIdentifier: 'ffff' },
      ];
      for (const other of others) {
        expect(JSON.parse((await worker.post(forgetPath, other)).body.toString())).toEqual({ sessions: 0 });
        expect((await worker.media(file.grant, file.request)).status).toBe(200);
      }
      const forgotten = await worker.post(forgetPath, { contactCenter: owner, keyIdentifier });
      expect(JSON.parse(forgotten.body.toString())).toEqual({ sessions: 1 });
      const after = await worker.media(file.grant, file.request);
      expect([after.status, codeOf(after)]).toEqual([422, 'RCS_KEY_NOT_FOUND']);
    });

    it('breaks off the streams that run on it', async () => {
      const long = mediaLike(64 * 1024 * 1024);
      const { envelope, ciphertext } = encryptDetached({ recipients });
      ciphertext.end(long);
      const worker = await workerWith(await buffer(ciphertext));
      const content = { ...of('detached').grant, envelopeDigest: envelopeDigest(envelope) };
      const grant = worker.sign(content);
      const request = { grant, method: 'GET', contentType: 'audio/mpeg', envelope: envelope.toString('base64') };
      const { statusCode, body } = await worker.begin(mediaPath, request);
      expect(statusCode).toBe(200);
      const forgotten = await worker.post(forgetPath, { contactCenter: owner, keyIdentifier: '0707' });
      expect(JSON.parse(forgotten.body.toString())).toEqual({ sessions: 1 });
      await expect(buffer(body)).rejects.toThrow();
    });

    it('is refused to whoever names none', async () => {
      const worker = await workerWith(plaintext);
      expect((await worker.post(forgetPath, { contactCenter: owner })).status).toBe(400);
    });
  });

  describe('a recording that was removed', () => {
    it('plays no more from a warm worker, and no other recording ends with it', async () => {
      const file = of('detached');
      const worker = await workerWith(file.content);
      const twin: GrantContent = { ...file.grant, recording: 'recording-10' };
      for (const grant of [file.grant, twin]) expect((await worker.media(grant, file.request)).status).toBe(200);
      const others = [
        { contactCenter: 'cc-2', recording: subject.recording },
        { contactCenter: owner, recording: 'recording' },
      ];
      for (const other of others) {
        expect(JSON.parse((await worker.post(forgetPath, other)).body.toString())).toEqual({ sessions: 0 });
      }
      const forgotten = await worker.post(forgetPath, { contactCenter: owner, recording: subject.recording });
      expect(JSON.parse(forgotten.body.toString())).toEqual({ sessions: 1 });
      const late = await worker.media(file.grant, file.request);
      expect([late.status, codeOf(late)]).toEqual([404, 'RCS_RECORDING_NOT_FOUND']);
      expect((await worker.media(twin, file.request)).status).toBe(200);
    });

    it('loses its stored file to a grant to remove, and to no other', async () => {
      const worker = await workerWith(plaintext, { contactCenters: [owner] });
      for (const purpose of ['play', 'inspect'] as const) {
        const reply = await worker.post(removePath, { grant: worker.sign({ ...subject, purpose }) });
        expect(codeOf(reply)).toBe('RCS_GRANT_REFUSED');
      }
      const foreign = worker.sign({ ...subject, contactCenter: 'cc-2', purpose: 'remove' });
      expect(codeOf(await worker.post(removePath, { grant: foreign }))).toBe('RCS_MEDIA_LOCATION_REFUSED');
      expect(existsSync(join(worker.directory, 'call.bin'))).toBe(true);
      const grant = worker.sign({ ...subject, purpose: 'remove' });
      for (const path of [mediaPath, inspectPath, contentTreePath]) {
        expect(codeOf(await worker.post(path, { grant, method: 'GET', contentType: 'audio/mpeg' }))).toMatch(
          /^RCS_(GRANT_REFUSED|INVALID_VALUE)$/,
        );
      }
      for (let time = 0; time < 2; time++) expect((await worker.post(removePath, { grant })).status).toBe(200);
      expect(existsSync(join(worker.directory, 'call.bin'))).toBe(false);
    });
  });

  describe('what a gateway asks about a file', () => {
    it.each(layouts)('the content tree of %s media', async layout => {
      const file = of(layout);
      const worker = await workerWith(file.content);
      const grant = worker.sign({ ...subject, purpose: 'inspect' });
      const reply = await worker.post(contentTreePath, { grant });
      const { length, root, leaves } = treeOf(file.content);
      expect(contentTreeReplySchema.parse(JSON.parse(reply.body.toString()))).toEqual({
        length,
        root,
        leaves: leaves.toString('base64'),
        entityTag: expect.any(String) as string,
        lastModified: expect.any(String) as string,
      });
    });

    it('a grant to play makes no tree and inspects nothing, and nobody looks into a place of another', async () => {
      const worker = await workerWith(plaintext, { contactCenters: [owner] });
      const play = worker.sign({ ...subject, purpose: 'play' });
      const foreign = worker.sign({ ...subject, contactCenter: 'cc-2', purpose: 'inspect' });
      for (const path of [contentTreePath, inspectPath]) {
        expect(codeOf(await worker.post(path, { grant: play }))).toBe('RCS_GRANT_REFUSED');
        expect(codeOf(await worker.post(path, { grant: foreign }))).toBe('RCS_MEDIA_LOCATION_REFUSED');
      }
    });

    const clear = { layout: 'plain', format: 'mp3' };
    const unknown = { layout: 'unrecognised', code: 'RCS_MEDIA_NOT_RECOGNISED' };
    const broken = { layout: 'unrecognised', code: 'RCS_ENVELOPE_UNREADABLE' };
    const declaredEncrypted = { layout: 'unrecognised', code: 'RCS_MEDIA_DECLARED_ENCRYPTED' };
    const anything = { layout: 'plain' };
    /** The table of what is plain: file, and what is found where the metadata declares nothing or a certificate. */
    const table: readonly (readonly [string, 'recognised' | 'any', () => Buffer, object, object])[] = [
      ['an envelope', 'recognised', () => of('attached').content, { layout: 'attached' }, { layout: 'attached' }],
      ['an envelope', 'any', () => of('attached').content, { layout: 'attached' }, { layout: 'attached' }],
      ['media', 'recognised', () => plaintext, clear, declaredEncrypted],
      ['media', 'any', () => plaintext, clear, declaredEncrypted],
      ['ciphertext', 'recognised', () => of('detached').content, unknown, unknown],
      ['ciphertext', 'any', () => of('detached').content, anything, unknown],
      ['nothing', 'recognised', () => Buffer.alloc(0), unknown, unknown],
      ['a cut envelope', 'any', () => of('attached').content.subarray(0, 200), broken, broken],
      ['traces of an envelope', 'any', () => of('attached').content.subarray(5), unknown, unknown],
    ];

    it.each(table)('%s, in a storage with plainMedia: %s', async (_, plainMedia, content, nothing, certAlias) => {
      const worker = await workerWith(content(), { plainMedia });
      const grant = worker.sign({ ...subject, purpose: 'inspect' });
      const inspect = async (body: object) =>
        inspectReplySchema.parse(JSON.parse((await worker.post(inspectPath, { grant, ...body })).body.toString()));
      const state = { length: content().length, entityTag: expect.any(String) as string };
      expect(await inspect({ declared: 'nothing' })).toMatchObject({ ...state, ...nothing });
      expect(await inspect({ declared: 'certAlias' })).toMatchObject({ ...state, ...certAlias });
      const envelope = of('detached').request.envelope!;
      const isEnvelope = 'layout' in nothing && nothing.layout === 'attached';
      const detached = isEnvelope || nothing === broken ? unknown : { layout: 'detached', envelope };
      expect(await inspect({ declared: 'pkcs7', envelope })).toMatchObject({ ...state, ...detached });
      const garbled = Buffer.from(envelope, 'base64').subarray(0, -1).toString('base64');
      expect(await inspect({ declared: 'pkcs7', envelope: garbled })).toMatchObject({ ...state, ...broken });
    });

    it('answers a gateway of an older version in its form', async () => {
      const older = async (content: Buffer) => {
        const worker = await workerWith(content);
        return worker.post(inspectPath, { grant: worker.sign({ ...subject, purpose: 'inspect' }) });
      };
      expect(JSON.parse((await older(plaintext)).body.toString())).toEqual({ layout: 'plain' });
      const { envelopeDigest: digest } = of('attached').grant;
      const attached = JSON.parse((await older(of('attached').content)).body.toString()) as unknown;
      expect(attached).toEqual({ layout: 'attached', envelopeDigest: digest });
      const refused = await older(of('detached').content);
      expect([refused.status, codeOf(refused)]).toEqual([422, 'RCS_MEDIA_NOT_RECOGNISED']);
    });
  });
});
