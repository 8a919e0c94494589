import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  archivePartPath,
  archivePath,
  archiveUploadPath,
  contentTreePath,
  inspectPath,
  mediaPath,
  peaksPath,
  provePath,
  removePath,
  unfinishedPath,
} from '#contracts';
import type { GrantContent } from '#grants';
import {
  ClusterIdentities,
  transports,
  WorkerUnderTest,
  type WorkerAnswer,
} from '#test/data-plane/worker-under-test.js';
import { ArchivePartHandler } from './archive-part.handler.js';

const owner = 'cc-1';
const path = 'archives/part-0001.zip';
const grant: GrantContent = {
  sub: 'anthony',
  contactCenter: owner,
  recording: 'job',
  mediaFile: 'part 1',
  location: { storage: 'file', path },
  purpose: 'archive-part',
};
const attempt = '0123456789abcdef';
const content = randomBytes(300_000);
let identities: ClusterIdentities;
let worker: WorkerUnderTest;

beforeAll(async () => {
  identities = await ClusterIdentities.create();
});
afterEach(() => worker.stop());

const stored = (name: string): string => join(worker.directory, name);
const names = (): string[] => (existsSync(stored('archives')) ? readdirSync(stored('archives')) : []);

async function* framed(request: object, pieces: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<Buffer> {
  const text = Buffer.from(JSON.stringify(request));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  yield Buffer.concat([length, text]);
  yield* pieces;
}

/** In pieces that have nothing to do with what is in them. */
async function upload(pieces: AsyncIterable<Buffer> | Iterable<Buffer> = [content], granted = grant) {
  const body = Readable.from(framed({ grant: worker.sign(granted), attempt }, pieces), { objectMode: false });
  return worker.post(archiveUploadPath, body);
}
const act = (request: object, granted = grant) =>
  worker.post(archivePartPath, { grant: worker.sign(granted), ...request });
const codeOf = ({ body }: WorkerAnswer): string => (JSON.parse(body.toString()) as { code: string }).code;
const published = () => act({ act: 'publish', attempt, length: content.length });

describe.each(transports)(`${ArchivePartHandler.name}, over %s`, transport => {
  beforeEach(async () => {
    worker = await new WorkerUnderTest(identities, owner, { contactCenters: [owner] }, transport).start();
  });

  it('writes a part under another name, and gives it its own once, however often it is asked', async () => {
    const answer = await upload([content.subarray(0, 7), content.subarray(7, 200_000), content.subarray(200_000)]);
    expect([answer.status, JSON.parse(answer.body.toString())]).toEqual([200, { length: content.length }]);
    expect(names()).toEqual([unfinishedPath('part-0001.zip', attempt)]);
    for (let time = 0; time < 2; time++) {
      expect((await published()).status).toBe(200);
      expect(names()).toEqual(['part-0001.zip']);
    }
    expect(readFileSync(stored(path)).equals(content)).toBe(true);
    expect((await act({ act: 'publish', attempt, length: 5 })).status).not.toBe(200);
  });

  it('keeps nothing of a part whose end does not come, and gives no other length a name', async () => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield await Promise.resolve(content);
      throw new Error('the gateway is gone');
    }
    await expect(upload(broken())).rejects.toThrow();
    await upload();
    expect((await act({ act: 'publish', attempt, length: content.length + 1 })).status).not.toBe(200);
    expect((await act({ act: 'discard', attempt })).status).toBe(200);
    expect((await act({ act: 'discard', attempt })).status).toBe(200);
    expect(names()).toEqual([]);
  });

  it('replaces no file', async () => {
    await upload();
    await published();
    await upload([randomBytes(content.length)]);
    expect((await published()).status).not.toBe(200);
    expect(readFileSync(stored(path)).equals(content)).toBe(true);
  });

  it('reads any range of a part of the length that it should have', async () => {
    await upload();
    await published();
    const read = (start: number, end: number, length = content.length) => act({ act: 'read', start, end, length });
    for (const [start, end] of [
      [0, content.length],
      [1000, 200_001],
      [5, 5],
    ] as const) {
      const answer = await read(start, end);
      expect([answer.status, answer.body.equals(content.subarray(start, end))]).toEqual([200, true]);
    }
    expect((await read(0, 10, content.length + 1)).status).not.toBe(200);
    expect((await read(10, content.length + 1)).status).not.toBe(200);
  });

  it('opens no other door, and no other grant opens this one', async () => {
    worker.write('call.bin', content);
    const elsewhere = { ...grant, location: { storage: 'file', path: 'call.bin' } };
    for (const door of [mediaPath, peaksPath, inspectPath, contentTreePath, removePath, archivePath, provePath]) {
      const media = door === mediaPath ? { method: 'GET', contentType: 'audio/mpeg' } : {};
      const answer = await worker.post(door, { grant: worker.sign(elsewhere), ...media });
      expect([door, answer.status === 200 ? 'answered' : codeOf(answer)]).toEqual([door, 'RCS_GRANT_REFUSED']);
    }
    expect(worker.vault.asked).toBe(0);
    const read = await act({ act: 'read', start: 0, end: 10, length: content.length }, elsewhere);
    expect(codeOf(read)).toBe('RCS_GRANT_REFUSED');
    expect(existsSync(stored('call.bin'))).toBe(true);
    for (const purpose of ['play', 'inspect', 'remove', 'archive'] as const) {
      expect(codeOf(await act({ act: 'discard', attempt }, { ...grant, purpose }))).toBe('RCS_GRANT_REFUSED');
      expect(codeOf(await upload([content], { ...grant, purpose }))).toBe('RCS_GRANT_REFUSED');
    }
    const foreign = { ...grant, contactCenter: 'cc-2' };
    expect(codeOf(await upload([content], foreign))).toBe('RCS_MEDIA_LOCATION_REFUSED');
    expect(names()).toEqual([]);
    for (const wrong of ['../escaped', 'short', 'ABCDEF0123456789'])
      expect((await act({ act: 'discard', attempt: wrong })).status).toBe(400);
  });
});
