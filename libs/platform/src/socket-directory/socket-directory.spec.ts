import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from '../configuration/configuration-error.js';
import { isSameFile, SocketDirectory, socketNameOf } from './socket-directory.js';

const option = 'decryptWorker.socketDirectory';
const ourselves = process.geteuid!();
const stranger = 12_345;
/** Only root can give files away; whoever runs the tests without is another user's stranger. */
const mayGiveAway = ourselves === 0;

describe(SocketDirectory.name, () => {
  let root: string;
  let path: string;
  const opened: SocketDirectory[] = [];
  const servers: Server[] = [];

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'rcs-sockets-'));
    path = join(root, 'sockets');
  });
  afterEach(() => {
    opened.splice(0).forEach(directory => directory.release());
    servers.splice(0).forEach(server => server.close());
    rmSync(root, { recursive: true, force: true });
  });

  function open(owner?: number): SocketDirectory {
    const directory = SocketDirectory.open(path, option, owner);
    opened.push(directory);
    return directory;
  }
  const refusal = (owner?: number): string => {
    try {
      open(owner);
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigurationError);
      return (error as Error).message;
    }
    throw new Error('it was not refused');
  };
  async function listen(place: string): Promise<void> {
    const server = createServer(socket => socket.end('here'));
    servers.push(server);
    await once(server.listen(place), 'listening');
  }

  it('closes its own descriptor alone, however often it is let go', () => {
    jest.useFakeTimers();
    try {
      const directory = open();
      directory.release();
      jest.advanceTimersByTime(120_000);
      // Whoever opens a file next gets the number that has become free.
      const next = openSync(path, 'r');
      expect(directory.pathOf('')).toContain(`/${next}/`);
      directory.release();
      jest.advanceTimersByTime(120_000);
      expect(fstatSync(next).isDirectory()).toBe(true);
      closeSync(next);
    } finally {
      jest.useRealTimers();
    }
  });

  it('is made for its user alone where it is missing, whatever the umask', () => {
    const before = process.umask(0);
    try {
      open();
    } finally {
      process.umask(before);
    }
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  it.each([0o770, 0o702, 0o750, 0o711, 0o777])('is refused with mode %o, by name', mode => {
    mkdirSync(path);
    chmodSync(path, mode);
    expect(refusal()).toBe(`option ${option}: ${path} lets others in (mode 0${mode.toString(8)}): chmod 0700`);
  });

  it('is refused where it belongs to another user', () => {
    mkdirSync(path, { mode: 0o700 });
    expect(refusal(stranger)).toBe(
      `option ${option}: ${path} belongs to user ${ourselves}, not to user ${stranger} as whom this process runs`,
    );
  });

  it('is refused where it is a link, even to a directory of ours', () => {
    mkdirSync(join(root, 'elsewhere'), { mode: 0o700 });
    symlinkSync(join(root, 'elsewhere'), path);
    expect(refusal()).toContain(`${path} is a symbolic link: name the directory itself`);
  });

  it('is refused where it is a file, or there is no place for it', () => {
    writeFileSync(path, '');
    expect(refusal()).toContain('is no directory');
    path = join(root, 'missing', 'sockets');
    expect(refusal()).toContain('cannot be made or opened: ENOENT');
  });

  it('takes a name of any length: sun_path holds 107 bytes', async () => {
    path = join(root, 'n'.repeat(200));
    const directory = open();
    const name = socketNameOf('worker');
    expect(Buffer.byteLength(directory.pathOf(name))).toBeLessThan(107);
    await listen(directory.pathOf(name));
    expect(lstatSync(join(path, name)).isSocket()).toBe(true);
  });

  it.each(['directory', 'parent'])('leads to the same place when a stranger swaps the %s for a link', async swapped => {
    path = join(root, 'parent', 'sockets');
    mkdirSync(join(root, 'parent'));
    const directory = open();
    const theirs = join(root, 'theirs', 'sockets');
    mkdirSync(theirs, { recursive: true });
    await listen(join(theirs, 'a.sock'));
    const victim = swapped === 'parent' ? join(root, 'parent') : path;
    renameSync(victim, join(root, 'moved'));
    symlinkSync(swapped === 'parent' ? join(root, 'theirs') : theirs, victim);
    expect(directory.isInPlace).toBe(false);
    expect(directory.names()).toEqual([]);
    const socket = connect(directory.pathOf('a.sock'));
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ENOENT');
    // What lies there now is judged anew.
    chmodSync(theirs, 0o755);
    expect(refusal()).toMatch(/is a symbolic link|lets others in/);
  });

  it('is not in place when it was opened to others, or removed and made again', () => {
    const directory = open();
    expect(directory.isInPlace).toBe(true);
    chmodSync(path, 0o770);
    expect(directory.isInPlace).toBe(false);
    chmodSync(path, 0o700);
    expect(directory.isInPlace).toBe(true);
    rmSync(path, { recursive: true });
    expect(directory.isInPlace).toBe(false);
    mkdirSync(path, { mode: 0o700 });
    expect(directory.isInPlace).toBe(false);
  });

  it('knows sockets of ours alone: no file, no link, none that others may write to', async () => {
    const directory = open();
    await listen(join(path, 'open.sock'));
    chmodSync(join(path, 'open.sock'), 0o666);
    await listen(join(path, 'good.sock'));
    chmodSync(join(path, 'good.sock'), 0o600);
    writeFileSync(join(path, 'file.sock'), '', { mode: 0o600 });
    symlinkSync('good.sock', join(path, 'link.sock'));
    const known = directory.names().filter(name => directory.socket(name) !== undefined);
    expect(known).toEqual(['good.sock']);
    expect(isSameFile(directory.socket('good.sock'), directory.socket('good.sock'))).toBe(true);
  });

  (mayGiveAway ? it : it.skip)('does not know the socket of a stranger', async () => {
    const directory = open();
    await listen(join(path, 'theirs.sock'));
    chmodSync(join(path, 'theirs.sock'), 0o600);
    chownSync(join(path, 'theirs.sock'), stranger, stranger);
    expect(directory.socket('theirs.sock')).toBeUndefined();
  });
});

describe(socketNameOf.name, () => {
  it.each(['worker', '../../etc/passwd', '/run/other.sock', 'a\0b', '', 'ü'.repeat(5000), '..'])(
    'makes a plain name of the same length from %j',
    instance => {
      expect(socketNameOf(instance)).toMatch(/^[\w-]{22}\.sock$/);
      expect(existsSync(join('/', socketNameOf(instance)))).toBe(false);
    },
  );

  it('tells workers apart', () => {
    expect(socketNameOf('worker-1')).not.toBe(socketNameOf('worker-2'));
  });
});
