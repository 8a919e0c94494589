import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import { ApacheServer } from '../testing/apache-server.js';
import { patience, rcsError, StorageProbe } from '../testing/storage-probe.js';

const media = randomBytes(1_000_000);

describe('Apache mod_dav without credentials', () => {
  let apache: ApacheServer;
  let probe: StorageProbe;

  beforeAll(async () => {
    apache = await ApacheServer.start({
      directives: [
        'RedirectMatch "/elsewhere$" http://127.0.0.1:1/secret',
        '<Files "forbidden">',
        'Require all denied',
        '</Files>',
      ],
    });
  });
  afterAll(() => apache.stop());

  beforeEach(() => {
    apache.write('call.bin', media);
    apache.forgetRequests();
    probe = new StorageProbe(apache.url);
  });
  afterEach(() => probe.storages.close());

  it('opens with one suffix range and serves the end from it', async () => {
    const object = await probe.open('call.bin', { tail: 64 });
    expect(object.size).toBe(media.length);
    expect(await object.read(media.length - 64, media.length, patience())).toEqual(media.subarray(-64));
    expect(await object.read(media.length - 10, media.length - 5, patience())).toEqual(media.subarray(-10, -5));
    expect(await apache.requests(1)).toMatchObject([{ method: 'GET', status: 206, bytesSent: 64, range: 'bytes=-64' }]);
  });

  it('opens with one head range', async () => {
    const object = await probe.open('call.bin', { head: 1000 });
    expect(await object.read(0, 1000, patience())).toEqual(media.subarray(0, 1000));
    expect(object.size).toBe(media.length);
    expect(await apache.requests(1)).toMatchObject([{ status: 206, bytesSent: 1000, range: 'bytes=0-999' }]);
  });

  it('opens with two ranges where both ends are wanted', async () => {
    const object = await probe.open('call.bin', { head: 1000, tail: 64 });
    expect(await object.read(0, 1000, patience())).toEqual(media.subarray(0, 1000));
    expect(await object.read(media.length - 64, media.length, patience())).toEqual(media.subarray(-64));
    expect((await apache.requests(2)).map(({ range }) => range)).toEqual(['bytes=0-999', 'bytes=999936-999999']);
  });

  it('opens with HEAD where no bytes are wanted', async () => {
    const object = await probe.open('call.bin');
    expect(object.size).toBe(media.length);
    expect(await apache.requests(1)).toMatchObject([{ method: 'HEAD', status: 200 }]);
  });

  it('tells the validators, and none as weak', async () => {
    const path = apache.write('fresh.bin', media);
    const object = await probe.open('fresh.bin', { tail: 1 });
    expect(object.entityTag).toMatch(/^"[0-9a-f-]+"$/);
    expect(Math.floor(statSync(path).mtimeMs / 1000) * 1000).toBe(object.lastModified?.getTime());
  });

  it('reads any range exactly', async () => {
    const object = await probe.open('call.bin', { head: 500, tail: 500 });
    const ranges = [
      [0, media.length],
      [0, 1],
      [499, 501],
      [500, 500],
      [media.length - 501, media.length],
      [media.length, media.length],
      [123_456, 654_321],
    ] as const;
    for (const [start, end] of ranges) {
      expect((await object.read(start, end, patience())).equals(media.subarray(start, end))).toBe(true);
      expect((await buffer(object.stream(start, end, patience()))).equals(media.subarray(start, end))).toBe(true);
    }
  });

  it('asks for exactly the bytes that are read', async () => {
    const object = await probe.open('call.bin', { tail: 64 });
    await object.read(1000, 3000, patience());
    const [, read] = await apache.requests(2);
    expect(read).toMatchObject({ range: 'bytes=1000-2999', bytesSent: 2000 });
    expect(probe.observer.bytes).toBe(64 + 2000);
  });

  it.each([
    [-1, 5],
    [5, 4],
    [0, 1_000_001],
    [0.5, 1],
  ])('refuses the range %d to %d', async (start, end) => {
    const object = await probe.open('call.bin');
    expect(() => object.stream(start, end, patience())).toThrow(RangeError);
    await expect(object.read(start, end, patience())).rejects.toThrow(RangeError);
  });

  it.each([[{}], [{ head: 16 }], [{ tail: 16 }], [{ head: 16, tail: 16 }]])(
    'opens an empty file with %j',
    async hint => {
      apache.write('empty.bin', Buffer.alloc(0));
      const object = await probe.open('empty.bin', hint);
      expect(object.size).toBe(0);
      expect(await object.read(0, 0, patience())).toHaveLength(0);
      expect(await buffer(object.stream(0, 0, patience()))).toHaveLength(0);
      expect(probe.observer.rangesIgnored).toBe(0);
    },
  );

  it.each([[{ head: 16 }], [{ tail: 16 }], [{ head: 16, tail: 16 }]])(
    'opens a file shorter than the window with %j in one request',
    async hint => {
      apache.write('short.bin', Buffer.from('short'));
      const object = await probe.open('short.bin', hint);
      expect((await object.read(0, 5, patience())).toString()).toBe('short');
      expect(probe.observer.statuses).toEqual([206]);
    },
  );

  it.each(['with space.bin', 'Grüße/aus Köln.bin', '通話 📞.bin', "a+b&c;d='e'!(f)*~,$@.bin", '100%.bin', 'q?h#.bin'])(
    'finds %s',
    async name => {
      apache.write(name, Buffer.from(name));
      const url = `${apache.url}/${name.split('/').map(encodeURIComponent).join('/')}`;
      const object = await probe.open(url, { head: 200 });
      expect((await object.read(0, object.size, patience())).toString()).toBe(name);
      if (!/[?#]/.test(name)) expect((await probe.open(name)).size).toBe(object.size);
    },
  );

  it('notices that a file was replaced', async () => {
    const object = await probe.open('call.bin', { tail: 64 });
    apache.write('call.bin', randomBytes(media.length + 1));
    await expect(object.read(0, 10, patience())).rejects.toEqual(rcsError('RCS_STORAGE_CHANGED'));
    await expect(buffer(object.stream(0, 10, patience()))).rejects.toEqual(rcsError('RCS_STORAGE_CHANGED'));
    expect((await object.read(media.length - 64, media.length, patience())).equals(media.subarray(-64))).toBe(true);
  });

  it('notices that a file became shorter than the range', async () => {
    const object = await probe.open('call.bin', { tail: 64 });
    apache.write('call.bin', media.subarray(0, 100));
    await expect(object.read(500, 600, patience())).rejects.toEqual(rcsError('RCS_STORAGE_CHANGED'));
  });

  it('tells a missing file, a forbidden one and a redirect apart', async () => {
    apache.write('forbidden', media);
    for (const hint of [{}, { tail: 16 }]) {
      await expect(probe.open('missing.bin', hint)).rejects.toEqual(rcsError('RCS_STORAGE_FILE_MISSING'));
      await expect(probe.open('forbidden', hint)).rejects.toEqual(rcsError('RCS_STORAGE_ACCESS_REFUSED'));
      await expect(probe.open('elsewhere', hint)).rejects.toEqual(rcsError('RCS_STORAGE_FAILED'));
    }
    const message = `storage ${new URL(apache.url).origin} answered 404 for /recordings/missing.bin`;
    await expect(probe.open('missing.bin')).rejects.toMatchObject({ message, publicDetail: undefined });
  });

  it('keeps the connection after a refusal', async () => {
    const single = new StorageProbe(apache.url, { maxConnections: 1 });
    await expect(single.open('missing.bin', { tail: 16 })).rejects.toEqual(rcsError('RCS_STORAGE_FILE_MISSING'));
    expect((await single.open('call.bin', { tail: 16 })).size).toBe(media.length);
    expect(single.observer.statuses).toEqual([404, 206]);
    await single.storages.close();
  });

  it('passes many files through few connections', async () => {
    const object = await probe.open('call.bin');
    const digests = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const bytes = await buffer(object.stream(index * 1000, media.length - index * 1000, patience()));
        return createHash('sha256').update(bytes).digest('hex');
      }),
    );
    expect(digests).toEqual(
      digests.map((_, index) =>
        createHash('sha256')
          .update(media.subarray(index * 1000, media.length - index * 1000))
          .digest('hex'),
      ),
    );
  });

  it('stops the transfer when the stream is destroyed, and does not take more than the reader does', async () => {
    const large = Buffer.alloc(64 * 1024 * 1024, 1);
    apache.write('large.bin', large);
    const object = await probe.open('large.bin');
    const stream = object.stream(0, large.length, patience());
    await once(stream, 'readable');
    for (let count = 0; count < 20; count++) await turn();
    expect(stream.readableLength).toBeLessThanOrEqual(2 * 64 * 1024);
    stream.destroy();
    await once(stream, 'close');
    const transfer = (await apache.requests(2)).at(-1);
    expect(transfer?.bytesOnTheWire).toBeLessThan(large.length);
    expect((await object.read(5, 6, patience())).equals(Buffer.from([1]))).toBe(true);
  });

  it('gives up with the reason of the caller', async () => {
    const object = await probe.open('call.bin');
    const gone = new Error('the player has left');
    await expect(object.read(0, 10, AbortSignal.abort(gone))).rejects.toBe(gone);
    await expect(probe.open('call.bin', {}, AbortSignal.abort(gone))).rejects.toBe(gone);
    const controller = new AbortController();
    const stream = object.stream(0, media.length, controller.signal);
    await once(stream, 'readable');
    const failure = once(stream, 'error');
    controller.abort(gone);
    expect(await failure).toEqual([gone]);
  });

  it('stores files, with the directories they lie in', async () => {
    await probe.put('new/2025/call é.bin', media);
    expect(apache.read('new/2025/call é.bin').equals(media)).toBe(true);
    await probe.put('new/2025/short.bin', Readable.from([media.subarray(0, 10), media.subarray(10, 30)]), 30);
    expect(apache.read('new/2025/short.bin').equals(media.subarray(0, 30))).toBe(true);
    await probe.put('streams/of/unknown length.bin', Readable.from([media]));
    expect(apache.read('streams/of/unknown length.bin').equals(media)).toBe(true);
  });

  it('leaves no half of a file when its source fails', async () => {
    const source = Readable.from(
      (function* () {
        yield media.subarray(0, 1000);
        throw new Error('the source failed');
      })(),
    );
    await expect(probe.put('half.bin', source, media.length)).rejects.toThrow();
    await expect(probe.open('half.bin')).rejects.toEqual(rcsError('RCS_STORAGE_FILE_MISSING'));
  });
});

describe('credentials', () => {
  let apache: ApacheServer;
  let probe: StorageProbe | undefined;

  afterEach(async () => {
    await probe?.storages.close();
    await apache.stop();
  });

  const probeWith = (settings: { userName?: string; password?: string }): StorageProbe => {
    probe = new StorageProbe(apache.url, settings);
    return probe;
  };

  it('Basic: asked once, sent with every further request', async () => {
    apache = await ApacheServer.start({ authentication: 'basic' });
    apache.write('call.bin', media);
    const { userName, password } = apache;
    const object = await probeWith({ userName, password }).open('call.bin', { tail: 16 });
    await object.read(0, 10, patience());
    expect((await apache.requests(3)).map(({ status }) => status)).toEqual([401, 206, 206]);
  });

  it.each(['basic', 'digest'] as const)('%s: a wrong password is refused', async authentication => {
    apache = await ApacheServer.start({ authentication });
    apache.write('call.bin', media);
    const wrong = probeWith({ userName: apache.userName, password: 'wrong' });
    const failure = wrong.open('call.bin');
    await expect(failure).rejects.toEqual(rcsError('RCS_STORAGE_ACCESS_REFUSED'));
    await expect(failure).rejects.not.toThrow(/wrong/);
    expect(await apache.requests(2)).toHaveLength(2);
  });

  it('nothing is sent where none are configured', async () => {
    apache = await ApacheServer.start({ authentication: 'basic' });
    await expect(probeWith({}).open('call.bin')).rejects.toEqual(rcsError('RCS_STORAGE_ACCESS_REFUSED'));
    expect(await apache.requests(1)).toHaveLength(1);
  });

  it('Digest: the nonce is used again, counted', async () => {
    apache = await ApacheServer.start({ authentication: 'digest' });
    apache.write('Grüße 1.bin', media);
    const { userName, password } = apache;
    const object = await probeWith({ userName, password }).open('Grüße 1.bin', { tail: 16 });
    await object.read(0, 10, patience());
    await buffer(object.stream(10, 20, patience()));
    const requests = await apache.requests(4);
    expect(requests.map(({ status }) => status)).toEqual([401, 206, 206, 206]);
    const field = (name: string): unknown[] =>
      requests.slice(1).map(({ authorization }) => new RegExp(`${name}=\\\\?"?([^",\\\\]+)`).exec(authorization)?.[1]);
    expect(new Set(field('nonce')).size).toBe(1);
    expect(field('nc')).toEqual(['00000001', '00000002', '00000003']);
  });

  it('Digest: a nonce that is stale is replaced, in the middle of the work', async () => {
    apache = await ApacheServer.start({ authentication: 'digest' });
    apache.write('call.bin', media);
    const { userName, password } = apache;
    const object = await probeWith({ userName, password }).open('call.bin', { tail: 16 });
    await apache.restart();
    expect((await object.read(0, 10, patience())).equals(media.subarray(0, 10))).toBe(true);
    expect((await apache.requests(4)).map(({ status }) => status)).toEqual([401, 206, 401, 206]);
  });

  it('Digest: files are stored, from memory and from streams', async () => {
    apache = await ApacheServer.start({ authentication: 'digest' });
    const { userName, password } = apache;
    await probeWith({ userName, password }).put('a/b.bin', media);
    await probe?.storages.close();
    await probeWith({ userName, password }).put('a/c.bin', Readable.from([media]), media.length);
    expect(apache.read('a/b.bin').equals(media)).toBe(true);
    expect(apache.read('a/c.bin').equals(media)).toBe(true);
  });
});

describe('TLS', () => {
  let apache: ApacheServer;

  beforeAll(async () => {
    apache = await ApacheServer.start({ tls: true, authentication: 'basic' });
    apache.write('call.bin', media);
  });
  afterAll(() => apache.stop());

  async function sizeWith(trustedCA: boolean | { pem: string }, url = apache.url): Promise<number> {
    const { userName, password } = apache;
    const probe = new StorageProbe(url, { trustedCA, userName, password });
    try {
      return (await probe.open('call.bin', { tail: 16 })).size;
    } finally {
      await probe.storages.close();
    }
  }

  it('trusts the authority it was told to trust, and no other', async () => {
    expect(await sizeWith({ pem: apache.authority })).toBe(media.length);
    const failure = sizeWith(true);
    await expect(failure).rejects.toEqual(rcsError('RCS_STORAGE_UNREACHABLE'));
    await expect(failure).rejects.toThrow(/no authority that is trusted: .* mediaStorages\[\]\.webDAVTrustedCA/);
  });

  it('does not take the certificate of another host', async () => {
    const other = apache.url.replace('localhost', '127.0.0.1');
    const failure = sizeWith({ pem: apache.authority }, other);
    await expect(failure).rejects.toEqual(rcsError('RCS_STORAGE_UNREACHABLE'));
    await expect(failure).rejects.toThrow(/for another host: .* mediaStorages\[\]\.url/);
  });

  it('checks nothing when told so', async () => {
    expect(await sizeWith(false)).toBe(media.length);
  });
});
