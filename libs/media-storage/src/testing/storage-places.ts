import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ApacheServer } from './apache-server.js';
import { NginxDavServer } from './nginx-dav-server.js';
import { StorageProbe } from './storage-probe.js';

/** A real storage, and its files without a way over it. */
export interface StoragePlace {
  readonly probe: StorageProbe;
  read(name: string): Buffer;
  write(name: string, content: Buffer): void;
  has(name: string): boolean;
  stop(): Promise<void>;
}

async function apache(authentication: 'basic' | 'digest'): Promise<StoragePlace> {
  const server = await ApacheServer.start({ authentication });
  const { userName, password } = server;
  const probe = new StorageProbe(server.url, { userName, password });
  const stop = () => server.stop();
  return {
    probe,
    read: name => server.read(name),
    write: (name, content) => void server.write(name, content),
    has: name => isThere(() => server.read(name)),
    stop,
  };
}

/** Keeps to no condition of a PUT. */
async function nginx(): Promise<StoragePlace> {
  const server = await NginxDavServer.start();
  const probe = new StorageProbe(server.url);
  const stop = () => server.stop();
  return {
    probe,
    read: name => server.read(name),
    write: (name, content) => server.write(name, content),
    has: name => isThere(() => server.read(name)),
    stop,
  };
}

export function directory(): StoragePlace {
  const base = mkdtempSync(join(tmpdir(), 'storage-'));
  const probe = new StorageProbe(pathToFileURL(base).href, { storage: 'file' });
  return {
    probe,
    read: name => readFileSync(join(base, name)),
    write: (name, content) => {
      mkdirSync(dirname(join(base, name)), { recursive: true });
      writeFileSync(join(base, name), content);
    },
    has: name => existsSync(join(base, name)),
    stop: () => {
      rmSync(base, { recursive: true });
      return Promise.resolve();
    },
  };
}

function isThere(read: () => Buffer): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}

/** Every kind of storage that writing is tried with. */
export const storagePlaces: [string, 'webDAV' | 'file', () => StoragePlace | Promise<StoragePlace>][] = [
  ['Apache with Basic', 'webDAV', () => apache('basic')],
  ['Apache with Digest', 'webDAV', () => apache('digest')],
  ['nginx', 'webDAV', nginx],
  ['a directory', 'file', directory],
];
