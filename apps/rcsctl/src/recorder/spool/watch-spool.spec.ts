import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { GatewayAnswerError } from '../../gateway-client/gateway-client.js';
import { FinishedFiles } from './finished-files.js';
import { KeptInsertions } from './kept-insertions.js';
import { spoolKinds, type SpoolKindName } from './spool-kind.js';
import { SpoolWatch, UnrecordableFileError, type SpoolEvent, type SpoolWatchOptions } from './watch-spool.js';

const longAgo = new Date('2026-11-01T00:00:00Z');

describe(SpoolWatch.name, () => {
  let folder: string;
  let done: string;
  let recorded: Map<string, string>;
  let events: SpoolEvent[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rcs-spool-'));
    done = join(folder, 'done');
    [recorded, events] = [new Map(), []];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const put = (name: string, at = longAgo, content = name): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
    utimesSync(join(folder, name), at, at);
  };
  const watch = (
    changes: Partial<SpoolWatchOptions> = {},
    kind: SpoolKindName = 'asterisk',
    signal: AbortSignal = AbortSignal.timeout(30_000),
  ): Promise<void> => {
    const aside = join(folder, '.aside');
    return new SpoolWatch({
      ...{ folder, contactCenter: 'cc-1', kind: spoolKinds[kind], settleMs: 5000, except: [done, aside], once: true },
      finished: new FinishedFiles(folder, { moveTo: done }, aside),
      hasRecording: id => Promise.resolve(recorded.has(id)),
      insertions: new KeptInsertions(),
      insertAgain: () => Promise.resolve([]),
      record: (file, id) => {
        recorded.set(id, file.name);
        return Promise.resolve([]);
      },
      tell: event => void events.push(event),
      ...changes,
    }).run(signal);
  };

  it('records what is complete, in folders too, and moves it away', async () => {
    put('a.wav');
    put('2026/11/b.mp3');
    put('being-written.wav', new Date());
    put('half.wav.tmp');
    put('.hidden.wav');
    put('notes.txt');
    await watch();
    expect([...recorded.values()].sort()).toEqual(['a.wav', 'b.mp3']);
    expect(existsSync(join(done, '2026/11/b.mp3'))).toBe(true);
    expect(existsSync(join(folder, 'being-written.wav'))).toBe(true);
    await watch();
    expect(recorded.size).toBe(2);
  });

  it('waits while a file says that the call goes on, and takes what lies beside the media along', async () => {
    const base = 'call-0123456789abcdef';
    put(`${base}-mix.wav`);
    put(`${base}.meta`);
    await watch({}, 'rtpengine');
    expect(recorded.size).toBe(0);
    rmSync(join(folder, `${base}.meta`));
    put(`metadata/${base}.txt`);
    await watch({}, 'rtpengine');
    expect([...recorded.values()]).toEqual([`${base}-mix.wav`]);
    expect(existsSync(join(done, `metadata/${base}.txt`))).toBe(true);
  });

  it('inserts nothing twice when it was killed before the file was moved', async () => {
    put('a.wav');
    const killed = { recorded: () => Promise.reject(new Error('killed')) } as unknown as FinishedFiles;
    const controller = new AbortController();
    const tell = (event: SpoolEvent): void => {
      if (event.event === 'waiting') controller.abort();
    };
    await watch({ finished: killed, tell }, 'asterisk', controller.signal);
    expect(recorded.size).toBe(1);
    await watch();
    expect(recorded.size).toBe(1);
    expect(events).toEqual([expect.objectContaining({ event: 'there-already', file: 'a.wav' })]);
    put('a.wav', new Date('2026-11-02T00:00:00Z'));
    await watch();
    expect(recorded.size).toBe(2);
  }, 60_000);

  it('sets aside what is the fault of the file, with a message, and records the others', async () => {
    ['a.wav', 'b.wav', 'c.wav'].forEach(name => put(name));
    await watch({
      record: ({ name }, id) => {
        if (name === 'a.wav') throw new UnrecordableFileError('the file is empty');
        if (name === 'b.wav') {
          const cause = new GatewayAnswerError(400, 'startTime is no time');
          throw new Error('startTime is no time', { cause });
        }
        recorded.set(id, name);
        return Promise.resolve([]);
      },
    });
    expect([...recorded.values()]).toEqual(['c.wav']);
    expect(readdirSync(join(folder, '.aside')).sort()).toEqual([
      'a.wav',
      'a.wav.error.txt',
      'b.wav',
      'b.wav.error.txt',
    ]);
    expect(readFileSync(join(folder, '.aside/b.wav.error.txt'), 'utf8')).toContain('startTime is no time');
  });

  it('keeps the file of a recording that may not play, with what the gateway said of it', async () => {
    put('a.wav');
    await watch({
      finished: new FinishedFiles(folder, { remove: true }, join(folder, '.aside')),
      record: () => Promise.resolve(['no recipient of the envelope is a certificate of cc-1']),
    });
    expect(readdirSync(join(folder, '.aside')).sort()).toEqual(['a.wav', 'a.wav.error.txt']);
    const reason = expect.stringMatching(/^recorded as [0-9A-F]{32}, but no recipient of the envelope is/);
    expect(events).toEqual([{ event: 'set-aside', file: 'a.wav', reason }]);
  });

  describe('when it was killed after it inserted a recording', () => {
    const insertions = new KeptInsertions();
    const warning = 'no recipient of the envelope is a certificate of cc-1';
    const removing = () => new FinishedFiles(folder, { remove: true }, join(folder, '.aside'));

    /** Inserts, and does nothing else any more. */
    async function killed(when: 'before the answer' | 'after the answer', warnings: readonly string[]): Promise<void> {
      put('a.wav');
      const process = new AbortController();
      const never = () => Promise.reject(new Error('killed'));
      await watch(
        {
          finished: { recorded: never, aside: never } as unknown as FinishedFiles,
          record: async (file, id) => {
            await insertions.keep(file.path, id, { id, warnings });
            recorded.set(id, file.name);
            if (when === 'before the answer') return never();
            return warnings;
          },
          tell: () => process.abort(),
        },
        'asterisk',
        process.signal,
      );
      expect([recorded.size, existsSync(join(folder, 'a.wav'))]).toEqual([1, true]);
    }
    const insertAgain = (recording: object) =>
      Promise.resolve((recording as { readonly warnings: readonly string[] }).warnings);

    it.each(['before the answer', 'after the answer'] as const)(
      'keeps the file of one that may not play: %s',
      async when => {
        await killed(when, [warning]);
        await watch({ finished: removing(), insertAgain });
        expect(readdirSync(folder)).toEqual(['.aside']);
        expect(readdirSync(join(folder, '.aside')).sort()).toEqual(['a.wav', 'a.wav.error.txt']);
        expect(readFileSync(join(folder, '.aside/a.wav.error.txt'), 'utf8')).toContain(warning);
      },
    );

    it.each(['before the answer', 'after the answer'] as const)(
      'removes the file of one that plays: %s',
      async when => {
        await killed(when, []);
        await watch({ finished: removing(), insertAgain });
        expect(readdirSync(folder)).toEqual([]);
        expect(events).toEqual([expect.objectContaining({ event: 'there-already', file: 'a.wav' })]);
      },
    );

    it('leaves nothing of an insertion that was half written', async () => {
      put('a.wav');
      await watch({
        finished: removing(),
        record: async (file, id) => {
          writeFileSync(join(folder, `.${id}.insertion.json.part`), '{"i');
          await insertions.keep(file.path, id, { id });
          writeFileSync(join(folder, `.${id}.insertion.json.part`), '{"i');
          return [];
        },
      });
      expect(readdirSync(folder)).toEqual([]);
    });

    it('keeps the file where another recording has its id', async () => {
      await killed('before the answer', []);
      await watch({
        finished: removing(),
        insertAgain: () => Promise.reject(new GatewayAnswerError(409, 'there is another recording')),
      });
      expect(existsSync(join(folder, '.aside/a.wav'))).toBe(true);
    });
  });

  it('waits for what is away, loses nothing, and ends where the login is refused', async () => {
    put('a.wav');
    let tries = 0;
    await watch({
      record: (file, id) => {
        if (tries++ === 0) throw new Error('the storage is away');
        recorded.set(id, file.name);
        return Promise.resolve([]);
      },
    });
    expect(events.map(({ event }) => event)).toEqual(['waiting', 'recorded']);
    put('b.wav');
    const refused = () => Promise.reject(new GatewayAnswerError(401, 'refused'));
    await expect(watch({ hasRecording: refused })).rejects.toThrow('refused');
    expect(existsSync(join(folder, 'b.wav'))).toBe(true);
  });

  it('keeps memory flat over ten thousand files', async () => {
    for (let number = 0; number < 10_000; number++) put(`${number}.wav`);
    const before = process.memoryUsage().heapUsed;
    let most = 0;
    let count = 0;
    await watch({
      record: () => {
        if (++count % 1000 === 0) most = Math.max(most, process.memoryUsage().heapUsed - before);
        return Promise.resolve([]);
      },
      hasRecording: () => Promise.resolve(false),
      tell: () => undefined,
    });
    expect(count).toBe(10_000);
    expect(most).toBeLessThan(100 * 1024 * 1024);
  }, 60_000);
});
