import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AtomicFile } from './atomic-file.js';

describe(AtomicFile.name, () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'rcs-atomic-'));
    path = join(directory, 'call.mp3');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('appears when it is complete, for its owner alone, and leaves nothing else', async () => {
    const file = await AtomicFile.create(path, { replace: false });
    await file.write(Buffer.from('first '));
    await file.write(Buffer.from('second'));
    expect(readdirSync(directory)).not.toContain('call.mp3');
    await file.commit();
    expect(readFileSync(path, 'utf8')).toBe('first second');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['call.mp3']);
  });

  it('begins again, without what was written before', async () => {
    const file = await AtomicFile.create(path, { replace: false });
    await file.write(Buffer.from('a long beginning'));
    await file.restart();
    await file.write(Buffer.from('end'));
    await file.commit();
    expect(readFileSync(path, 'utf8')).toBe('end');
  });

  it('leaves nothing when it is given up', async () => {
    const file = await AtomicFile.create(path, { replace: false });
    await file.write(Buffer.from('half'));
    await file.discard();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('replaces a file only when told to, and then in one step', async () => {
    writeFileSync(path, 'old');
    await expect(AtomicFile.create(path, { replace: false })).rejects.toThrow('exists already');
    const file = await AtomicFile.create(path, { replace: true });
    await file.write(Buffer.from('new'));
    expect(readFileSync(path, 'utf8')).toBe('old');
    await file.commit();
    expect(readFileSync(path, 'utf8')).toBe('new');
  });

  it('does not replace a file that came meanwhile', async () => {
    const file = await AtomicFile.create(path, { replace: false });
    await file.write(Buffer.from('ours'));
    writeFileSync(path, 'theirs');
    await expect(file.commit()).rejects.toThrow('exists already');
    expect(readFileSync(path, 'utf8')).toBe('theirs');
    expect(readdirSync(directory)).toEqual(['call.mp3']);
  });

  it('writes through a symbolic link instead of replacing it', async () => {
    const target = join(directory, 'target');
    writeFileSync(target, 'old');
    symlinkSync(target, path);
    const file = await AtomicFile.create(path, { replace: true });
    await file.write(Buffer.from('new'));
    await file.commit();
    expect(readFileSync(target, 'utf8')).toBe('new');
  });

  it('never takes the place of a device or a directory', async () => {
    await expect(AtomicFile.create('/dev/null', { replace: true })).rejects.toThrow('no regular file');
    await expect(AtomicFile.create(directory, { replace: true })).rejects.toThrow('no regular file');
  });

  it('says at once when the directory is missing', async () => {
    await expect(AtomicFile.create(join(directory, 'missing/call.mp3'), { replace: false })).rejects.toThrow('ENOENT');
  });
});
