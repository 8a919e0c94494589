import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findConfiguration } from './find-configuration.js';

describe(findConfiguration.name, () => {
  let directory: string;
  const file = (): string => join(directory, '.rcs/rcsctl.yaml');

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'rcs-find-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('finds what the quickstart wrote in the directory', () => {
    mkdirSync(join(directory, '.rcs'));
    writeFileSync(file(), '', { mode: 0o600 });
    expect(findConfiguration(directory)).toBe(file());
  });

  it('finds nothing where no quickstart was', () => {
    expect(findConfiguration(directory)).toBeUndefined();
  });

  it('ignores a file that others may write: it says where keys and passwords go', () => {
    mkdirSync(join(directory, '.rcs'));
    writeFileSync(file(), '');
    for (const mode of [0o620, 0o602]) {
      chmodSync(file(), mode);
      expect(findConfiguration(directory)).toBeUndefined();
    }
  });
});
