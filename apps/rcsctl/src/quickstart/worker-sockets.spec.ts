import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workerSockets } from './worker-sockets.js';

describe(workerSockets.name, () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'rcs-quickstart-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  it('makes the directory', () => {
    const report = jest.fn();
    const directory = join(root, 'sockets');
    expect(workerSockets(directory, report)).toBe(directory);
    expect(workerSockets(directory, report)).toBe(directory);
    expect(report).not.toHaveBeenCalled();
  });

  it('leaves it at TLS, and says so, where the file system lets others in', () => {
    const report = jest.fn();
    chmodSync(root, 0o777);
    expect(workerSockets(root, report)).toBe(false);
    expect(report).toHaveBeenCalledWith(expect.stringContaining('lets others in (mode 0777)'));
  });
});
