import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { cmsErrorFrom } from '../testing/cms-error-matcher.js';
import { never } from '../testing/encrypted-samples.js';
import { FileSource } from './file-source.js';

describe(FileSource.name, () => {
  const directory = mkdtempSync(join(tmpdir(), 'file-source-'));
  const path = join(directory, 'media');
  const content = randomBytes(300_000);
  let source: FileSource;

  beforeEach(async () => {
    writeFileSync(path, content);
    source = await FileSource.open(path);
  });
  afterEach(() => source.close());
  afterAll(() => rmSync(directory, { recursive: true }));

  it.each([
    [0, 300_000],
    [1, 65_537],
    [299_999, 300_000],
    [70, 70],
  ])('gives the bytes [%d, %d)', async (start, end) => {
    expect(await source.read(start, end, never)).toEqual(content.subarray(start, end));
    expect((await buffer(source.stream(start, end, never))).equals(content.subarray(start, end))).toBe(true);
  });

  it('can be read on after a stream was destroyed', async () => {
    const stream = source.stream(0, 300_000, never);
    await once(stream, 'data');
    stream.destroy();
    await once(stream, 'close');
    expect(await source.read(0, 10, never)).toEqual(content.subarray(0, 10));
  });

  it('fails when the file has become shorter', async () => {
    truncateSync(path, 100_000);
    expect((await cmsErrorFrom(source.read(0, 200_000, never))).code).toBe('CMS_TRUNCATED');
    expect(await cmsErrorFrom(buffer(source.stream(0, 200_000, never)))).toMatchObject({ offset: 100_000 });
  });

  it('stops when the signal says so', async () => {
    const controller = new AbortController();
    const stream = source.stream(0, 300_000, controller.signal);
    const failed = once(stream, 'error');
    controller.abort();
    expect(await failed).toMatchObject([{ name: 'AbortError' }]);
    await expect(source.read(0, 10, controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });

  it.each([
    [-1, 1],
    [0, 300_001],
    [2, 1],
  ])('refuses the range [%d, %d)', async (start, end) => {
    expect(() => source.stream(start, end, never)).toThrow(RangeError);
    await expect(source.read(start, end, never)).rejects.toThrow(RangeError);
  });
});
