import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { AuditCheckpoint, AuditLog, AuditQuery } from '../audit/audit-log.js';
import { provenRoot } from '../audit/audit-proof.js';
import type { AuditEntry, AuditRecord } from '../audit/audit-record.js';
import { commitmentsTo } from '../audit/personal-fields.js';
import { auditErasureContract } from './audit-erasure.contract.js';
import { auditRetentionContract } from './audit-retention.contract.js';
import { collect } from './collect.js';

const playback: AuditEntry = {
  event: 'playback',
  outcome: 'allowed',
  user: 'anthony',
  address: '192.0.2.7',
  contactCenter: 'cc-1',
  recording: 'recording-1',
  mediaFile: 'media-1',
  certificateAlias: 'recording-2026',
  envelopeDigest: 'ab'.repeat(32),
  contentProof: 'proved',
  range: 'bytes=0-99',
  contentRange: 'bytes 0-99/1000',
  bytes: 100,
  requestId: 'request-1',
  detail: 'first range',
};

const anyEntry: fc.Arbitrary<AuditEntry> = fc.record(
  {
    event: fc.constantFrom('playback', 'login-failed', 'something-new'),
    outcome: fc.constantFrom('allowed', 'refused', 'done', 'failed', 'aborted'),
    user: fc.string({ unit: 'binary' }),
    recording: fc.string({ unit: 'binary' }),
    detail: fc.string({ unit: 'grapheme' }),
    bytes: fc.maxSafeNat(),
  },
  { requiredKeys: ['event', 'outcome'] },
);

/**
 * What every AuditLog must do. `open` gives the log of one writer in a place that is empty at the start of each test;
 * opening the same writer again continues its chain. The caller closes what it opened.
 */
export function auditLogContract(open: (writer: string) => Promise<AuditLog>): void {
  describe('AuditLog contract', () => {
    it('gives a record back with its place in the chain', async () => {
      const log = await open('gateway-1');
      const record = await log.append(playback);
      expect(record).toMatchObject({ ...playback, writer: 'gateway-1', sequence: 1 });
      expect(record.time).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
      expect((await collect(log.query()))[1]).toEqual(record);
    });

    it('answers page after page without a gap or a repetition, in both orders', async () => {
      const log = await open('gateway-1');
      for (let number = 0; number < 7; number++) await log.append({ ...playback, requestId: `request-${number}` });
      for (const order of ['oldest-first', 'newest-first'] as const) {
        const all = await collect(log.query({ order }));
        const paged: AuditRecord[] = [];
        for (;;) {
          const after = paged.at(-1);
          const page = await collect(log.query({ order, limit: 3, ...(after === undefined ? {} : { after }) }));
          paged.push(...page);
          if (page.length < 3) break;
        }
        expect(paged).toEqual(all);
      }
    });

    it('selects by contact center', async () => {
      const log = await open('gateway-1');
      await log.append(playback);
      await log.append({ ...playback, contactCenter: 'cc-2' });
      await log.append({ event: 'login', outcome: 'allowed' });
      expect(await collect(log.query({ contactCenter: 'cc-2' }))).toMatchObject([{ contactCenter: 'cc-2' }]);
      expect(await collect(log.query({ contactCenter: 'cc-3' }))).toEqual([]);
    });

    it('is held to checkpoints', async () => {
      const log = await open('gateway-1');
      const { writer, sequence, hash } = await log.append(playback);
      const time = '2026-03-02T09:15:30.250Z';
      expect((await log.verify([{ writer, sequence, hash, time }])).problems).toEqual([]);
      const kinds = async (...checkpoints: AuditCheckpoint[]) =>
        (await log.verify(checkpoints)).problems.map(problem => [problem.kind, problem.writer, problem.sequence]);
      expect(await kinds({ writer, sequence, hash: '0'.repeat(64), time })).toEqual([['rewritten', 'gateway-1', 1]]);
      expect(await kinds({ writer, sequence: 9, hash, time })).toEqual([['truncated', 'gateway-1', 2]]);
      expect(await kinds({ writer: 'gateway-2', sequence: 4, hash, time })).toEqual([['vanished', 'gateway-2', 0]]);
    });

    it('opens each chain with a record that names the writer', async () => {
      const log = await open('gateway-1');
      await log.append(playback);
      const [genesis, first] = await collect(log.query());
      expect(genesis).toMatchObject({ event: 'audit-chain-started', writer: 'gateway-1', sequence: 0 });
      expect(genesis?.previousHash).toBe('0'.repeat(64));
      expect(first?.previousHash).toBe(genesis?.hash);
    });

    it('hashes as documented, so that a stranger can check it', async () => {
      const log = await open('gateway-1');
      const { hash, ...record } = await log.append({ event: 'login', outcome: 'done', user: 'é"\n' });
      const salt = record.salts?.user ?? '';
      expect(salt).toMatch(/^[0-9a-f]{32}$/);
      const commitment = createHash('sha256').update(`${salt}user=é"\n`).digest('hex');
      const canonical =
        `{"commitments":{"user":"${commitment}"},"event":"login","outcome":"done",` +
        `"previousHash":"${record.previousHash}","sequence":1,"time":"${record.time}","version":2,"writer":"gateway-1"}`;
      expect(hash).toBe(
        createHash('sha256')
          .update(record.previousHash + canonical)
          .digest('hex'),
      );
    });

    it('commits to the same value with another salt each time', async () => {
      const log = await open('gateway-1');
      const [first, second] = [await log.append(playback), await log.append(playback)];
      const all = [...Object.values(first.salts ?? {}), ...Object.values(second.salts ?? {})];
      expect(Object.keys(first.salts ?? {}).sort()).toEqual(['address', 'detail', 'user']);
      expect(new Set(all).size).toBe(6);
    });

    it('numbers appends without gaps in the order they came, however many at once', async () => {
      const log = await open('gateway-1');
      const records = await Promise.all(
        Array.from({ length: 2000 }, (_, number) => log.append({ ...playback, bytes: number })),
      );
      expect(records.map(({ sequence }) => sequence)).toEqual(records.map((_, index) => index + 1));
      expect(records.every((record, index) => record.bytes === index)).toBe(true);
      expect(await log.verify()).toEqual({ records: 2001, writers: 1, problems: [], problemCount: 0 });
    });

    it('continues the chain of a writer that comes back', async () => {
      const before = await open('gateway-1');
      const last = await before.append(playback);
      await before.close();
      const after = await open('gateway-1');
      expect(await after.append(playback)).toMatchObject({ sequence: 2, previousHash: last.hash });
      expect(await after.verify()).toMatchObject({ records: 3, writers: 1, problems: [] });
    });

    it('keeps the chains of several writers apart', async () => {
      const logs = [await open('gateway-1'), await open('gateway-2'), await open('vault-1')];
      await Promise.all(logs.flatMap(log => Array.from({ length: 50 }, () => log.append(playback))));
      for (const log of logs) {
        expect(await log.verify()).toEqual({ records: 153, writers: 3, problems: [], problemCount: 0 });
      }
    });

    it('shares one sound chain between two that write under the same name', async () => {
      const logs = [await open('gateway-1'), await open('gateway-1')];
      const records = await Promise.all(logs.flatMap(log => Array.from({ length: 50 }, () => log.append(playback))));
      expect(new Set(records.map(({ sequence }) => sequence)).size).toBe(100);
      expect(await logs[0]?.verify()).toMatchObject({ records: 101, writers: 1, problems: [] });
    });

    it('keeps any text a stranger may send, and the chain sound', async () => {
      const log = await open('gateway-1');
      await fc.assert(
        fc.asyncProperty(fc.array(anyEntry, { minLength: 1, maxLength: 20 }), async entries => {
          const records = await Promise.all(entries.map(entry => log.append(entry)));
          expect(records).toMatchObject(entries);
        }),
        { numRuns: 30 },
      );
      expect((await log.verify()).problems).toEqual([]);
    });

    it('records what has no UTF-8 form or no end in a form that has', async () => {
      const log = await open('gateway-1');
      const record = await log.append({ ...playback, user: 'a\ud800b', detail: 'x'.repeat(100_000) });
      expect(record.user).toBe('a\ufffdb');
      expect(record.detail).toBe(`${'x'.repeat(4095)}…`);
      expect((await log.verify()).problems).toEqual([]);
    });

    it('refuses a number of bytes that is none, and goes on', async () => {
      const log = await open('gateway-1');
      for (const bytes of [Number.NaN, -1, 0.5]) {
        await expect(log.append({ ...playback, bytes })).rejects.toMatchObject({ code: 'RCS_INVALID_VALUE' });
      }
      expect((await log.append(playback)).sequence).toBe(1);
    });

    it('writes what waits before it closes, and refuses afterwards', async () => {
      const log = await open('gateway-1');
      const appends = Array.from({ length: 100 }, () => log.append(playback));
      await log.close();
      expect((await Promise.all(appends)).at(-1)?.sequence).toBe(100);
      await expect(log.append(playback)).rejects.toMatchObject({ code: 'RCS_SHUTTING_DOWN' });
      await log.close();
    });

    auditTreeContract(open);
    auditCheckpointContract(open);
    auditQueryContract(open);
    auditErasureContract(open);
    auditRetentionContract(open);
  });
}

function auditQueryContract(open: (writer: string) => Promise<AuditLog>): void {
  describe('query', () => {
    const users = ['anthony', 'john', 'paul'] as const;

    async function filledLog(): Promise<AuditLog> {
      const log = await open('gateway-1');
      await Promise.all(
        Array.from({ length: 900 }, (_, number) =>
          log.append({ ...playback, user: users[number % 3], recording: `recording-${number % 10}`, bytes: number }),
        ),
      );
      return log;
    }

    const bytesOf = async (log: AuditLog, query: AuditQuery): Promise<(number | undefined)[]> =>
      (await collect(log.query(query))).map(({ bytes }) => bytes);

    it('selects by user and recording', async () => {
      const log = await filledLog();
      const expected = Array.from({ length: 900 }, (_, number) => number).filter(n => n % 3 === 1 && n % 10 === 4);
      expect(await bytesOf(log, { user: 'john', recording: 'recording-4' })).toEqual(expected);
      expect(await bytesOf(log, { user: 'john' })).toHaveLength(300);
      expect(await bytesOf(log, { user: 'JOHN' })).toEqual([]);
    });

    it('goes either way through time and stops at the limit', async () => {
      const log = await filledLog();
      expect(await bytesOf(log, { limit: 2, user: 'anthony' })).toEqual([0, 3]);
      expect(await bytesOf(log, { limit: 2, order: 'newest-first' })).toEqual([899, 898]);
      expect(await bytesOf(log, { limit: 0 })).toEqual([]);
      const all = await bytesOf(log, {});
      expect(all).toHaveLength(901);
      expect(await bytesOf(log, { order: 'newest-first' })).toEqual([...all].reverse());
    });

    it('takes records from the first time on and before the second', async () => {
      const log = await filledLog();
      const records = await collect(log.query());
      const time = records[450]?.time ?? '';
      const before = records.filter(record => record.time < time).length;
      expect(await collect(log.query({ to: time }))).toHaveLength(before);
      expect(await collect(log.query({ from: time }))).toEqual(records.slice(before));
      const sameTimeElsewhere = new Date(Date.parse(time) + 3_600_000).toISOString().replace('Z', '+01:00');
      expect(await collect(log.query({ from: sameTimeElsewhere }))).toEqual(records.slice(before));
    });

    it.each<AuditQuery>([{ from: 'yesterday' }, { to: '2026-01-01' }, { limit: -1 }, { limit: 1.5 }])(
      'refuses %j',
      async query => {
        const log = await open('gateway-1');
        await expect(collect(log.query(query))).rejects.toMatchObject({ code: 'RCS_INVALID_VALUE' });
      },
    );
  });
}

function auditTreeContract(open: (writer: string) => Promise<AuditLog>): void {
  describe('heads and proofs', () => {
    it('names the ends of all chains, with the roots that their records have', async () => {
      const [first, second] = [await open('gateway-1'), await open('gateway-2')];
      await Promise.all(Array.from({ length: 700 }, () => first.append(playback)));
      expect(await second.heads()).toMatchObject([{ writer: 'gateway-1', size: 701 }]);
      await second.append(playback);
      const heads = await second.heads();
      expect(heads).toMatchObject([
        { writer: 'gateway-1', size: 701 },
        { writer: 'gateway-2', size: 2 },
      ]);
      const vouched = heads.map(({ writer, size, hash, root }) => ({
        writer,
        sequence: size - 1,
        hash,
        root,
        time: '',
      }));
      expect((await first.verify(vouched)).problems).toEqual([]);
      const forged = vouched.map(checkpoint => ({ ...checkpoint, root: 'f'.repeat(64) }));
      expect((await first.verify(forged)).problems).toMatchObject([
        { writer: 'gateway-1', sequence: 700, kind: 'rewritten' },
        { writer: 'gateway-2', sequence: 1, kind: 'rewritten' },
      ]);
    });

    it.each([1, 2, 255, 256, 257, 600])('proves records of a chain of %d to somebody without it', async size => {
      const log = await open('gateway-1');
      await Promise.all(Array.from({ length: size - 1 }, () => log.append(playback)));
      if (size === 1) await log.append(playback);
      const root = async (): Promise<string | undefined> => (await log.heads())[0]?.root;
      const whole = size === 1 ? 2 : size;
      const expected = await root();
      for (const sequence of new Set([0, 1, 254, 255, 256, whole - 1].filter(number => number < whole))) {
        const proof = await log.prove('gateway-1', sequence, whole);
        if (proof === undefined) throw new Error(`no proof of ${sequence}`);
        expect(provenRoot(proof)).toBe(expected);
        const lie = { ...proof, record: { ...proof.record, outcome: 'refused' as const } };
        expect(provenRoot(lie)).toBeUndefined();
        const other = { ...proof.record, user: 'somebody else' };
        expect(provenRoot({ ...proof, record: other })).toBeUndefined();
        const { user: commitment } = commitmentsTo({ values: proof.record, salts: proof.record.salts ?? {} });
        const erased = commitment === undefined ? {} : { user: commitment };
        expect(provenRoot({ ...proof, record: { ...other, erased } })).toBeUndefined();
      }
      // What was proved stays so when the chain has grown.
      await log.append(playback);
      const later = await log.prove('gateway-1', 1, whole);
      expect(later === undefined ? '' : provenRoot(later)).toBe(expected);
    });

    it('proves no value that is the end of another one, with a salt that swallows its beginning', async () => {
      const log = await open('gateway-1');
      const { sequence } = await log.append({ event: 'login', outcome: 'done', user: 'not user=bob' });
      const proof = await log.prove('gateway-1', sequence, 2);
      if (proof === undefined) throw new Error('there is no proof');
      const salt = `${proof.record.salts?.user ?? ''}user=not `;
      const lie = { ...proof.record, user: 'bob', salts: { user: salt } };
      expect(provenRoot(proof)).toBeDefined();
      expect(provenRoot({ ...proof, record: lie })).toBeUndefined();
    });

    it('has no proof of what is not there', async () => {
      const log = await open('gateway-1');
      await log.append(playback);
      expect(await log.prove('gateway-1', 2, 3)).toBeUndefined();
      expect(await log.prove('gateway-1', 1, 3)).toBeUndefined();
      expect(await log.prove('gateway-1', 1, 1)).toBeUndefined();
      expect(await log.prove('gateway-2', 0, 1)).toBeUndefined();
    });
  });
}

function auditCheckpointContract(open: (writer: string) => Promise<AuditLog>): void {
  describe('checkpoints', () => {
    const checkpoint = (number: number, writer: string) => ({ number, writer, digest: `${number}`, note: 'a note' });

    it('are one chain, whoever signs', async () => {
      const [first, second] = [await open('gateway-1'), await open('gateway-2')];
      expect(await first.lastCheckpoint()).toBeUndefined();
      expect(await first.addCheckpoint(checkpoint(1, 'gateway-1'))).toBe(true);
      expect(await second.addCheckpoint(checkpoint(1, 'gateway-2'))).toBe(false);
      expect(await second.addCheckpoint(checkpoint(3, 'gateway-2'))).toBe(false);
      expect(await second.addCheckpoint(checkpoint(2, 'gateway-2'))).toBe(true);
      expect(await first.lastCheckpoint()).toEqual(checkpoint(2, 'gateway-2'));
      expect(await collect(first.checkpoints())).toEqual([checkpoint(1, 'gateway-1'), checkpoint(2, 'gateway-2')]);
      expect(await collect(first.checkpoints(1))).toEqual([checkpoint(2, 'gateway-2')]);
    });
  });
}
