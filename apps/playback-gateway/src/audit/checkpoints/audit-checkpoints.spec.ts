import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { CertificateTrust, readAuditCheckpointNote, type AuditCheckpointNote } from '#grants';
import { createLogger, LiveIdentity } from '#platform';
import { openSqliteStore, provenRoot, type Store } from '#store';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { AuditCheckpoints } from './audit-checkpoints.js';
import { AuditSinkMetrics } from './audit-sink-metrics.js';
import { CheckpointDelivery } from './checkpoint-delivery.js';
import { CheckpointFile } from './checkpoint-file.js';

const logger = createLogger('playback-gateway', 'test', 'silent');
/** So long that a test signs only when it asks. */
const intervalMs = 3_600_000;

describe(AuditCheckpoints.name, () => {
  const directory = mkdtempSync(join(tmpdir(), 'rcs-checkpoints-'));
  const file = join(directory, 'checkpoints.jsonl');
  let identity: LiveIdentity;
  let trust: CertificateTrust;
  const stores: Store[] = [];

  beforeAll(async () => {
    const authority = await InternalAuthority.create();
    identity = new LiveIdentity(await authority.issue('playback-gateway'));
    trust = new CertificateTrust(authority.caPem);
  });

  afterAll(async () => {
    await Promise.all(stores.map(store => store.close()));
    rmSync(directory, { recursive: true });
  });

  async function gateway(writer: string): Promise<{ store: Store; checkpoints: AuditCheckpoints }> {
    const store = await openSqliteStore({ directory, auditWriter: writer });
    stores.push(store);
    const sink = await CheckpointFile.open(file, store.audit);
    const delivery = new CheckpointDelivery(sink, new AuditSinkMetrics(new Registry()), logger);
    return {
      store,
      checkpoints: new AuditCheckpoints(store.audit, identity, { writer, intervalMs }, [delivery], logger),
    };
  }

  const inFile = (): AuditCheckpointNote[] =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter(line => line.startsWith('{'))
      .map(line => readAuditCheckpointNote((JSON.parse(line) as { checkpoint: string }).checkpoint, trust))
      .sort((a, b) => a.content.number - b.content.number);

  it('are one chain of all gateways, and name all writers', async () => {
    const [first, second] = [await gateway('gateway-1'), await gateway('gateway-2')];
    await first.store.audit.append({ event: 'login', outcome: 'done', user: 'alice' });
    await Promise.all([first.checkpoints.start(), second.checkpoints.start()]);
    await second.store.audit.append({ event: 'login', outcome: 'done', user: 'alice' });
    await Promise.all([first.checkpoints.stop(), second.checkpoints.stop()]);
    const notes = inFile();
    expect(notes.map(({ content }) => content.number)).toEqual([1, 2, 3, 4]);
    expect(notes.map(({ content }) => content.state)).toEqual(['opened', 'opened', 'closed', 'closed']);
    expect(notes.slice(1).map(({ content }) => content.previous)).toEqual(notes.slice(0, -1).map(note => note.digest));
    expect(notes[0]?.content.heads).toMatchObject([{ writer: 'gateway-1', size: 2 }]);
    expect(notes[1]?.content).toMatchObject({ writers: 1, headsDigest: notes[0]?.content.headsDigest });
    expect(notes[2]?.content.heads).toMatchObject([{ writer: 'gateway-2', size: 2 }]);
    expect(notes[3]?.content.writers).toBe(2);
  });

  it('are none while the clock is not within the time of the certificate: nobody would ever believe them', async () => {
    const { store, checkpoints } = await gateway('gateway-with-a-clock');
    const before = await store.audit.lastCheckpoint();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() - 7 * 86_400_000);
    try {
      await checkpoints.start();
      await expect(checkpoints.coveringCheckpoint('gateway-1', 1)).rejects.toThrow(
        /nobody would believe a checkpoint of now: the certificate is valid from .*, or the clock is wrong/,
      );
    } finally {
      clock.mockRestore();
    }
    expect(await store.audit.lastCheckpoint()).toEqual(before);
    await checkpoints.stop();
    expect(inFile().at(-1)?.content).toMatchObject({ writer: 'gateway-with-a-clock', state: 'closed' });
  });

  it('name what changed since the last one alone, also when a gateway begins', async () => {
    const { store, checkpoints } = await gateway('gateway-2b');
    await store.audit.append({ event: 'login', outcome: 'done', user: 'alice' });
    await checkpoints.start();
    const own = readAuditCheckpointNote((await checkpoints.coveringCheckpoint('gateway-1', 1)).note, trust);
    expect(own.content.heads.map(({ writer }) => writer)).toEqual(['gateway-1']);
    await checkpoints.stop();
    const opened = inFile().find(({ content: { writer, state } }) => writer === 'gateway-2b' && state === 'opened');
    expect(opened?.content.writers).toBe(3);
    expect(opened?.content.heads.map(({ writer }) => writer)).toEqual(['gateway-2b']);
  });

  it('vouch for a record when they are asked to, with the root that its proof leads to', async () => {
    const { store, checkpoints } = await gateway('gateway-3');
    await checkpoints.start();
    const { sequence } = await store.audit.append({ event: 'login', outcome: 'done', user: 'bob' });
    const { note, size } = await checkpoints.coveringCheckpoint('gateway-3', sequence);
    expect(await checkpoints.coveringCheckpoint('gateway-3', 0)).toEqual({ note, size });
    const proof = await store.audit.prove('gateway-3', sequence, size);
    const head = readAuditCheckpointNote(note, trust).content.heads.find(({ writer }) => writer === 'gateway-3');
    expect(proof === undefined ? undefined : provenRoot(proof)).toBe(head?.root);
    await expect(checkpoints.coveringCheckpoint('gateway-3', 99)).rejects.toMatchObject({
      code: 'RCS_AUDIT_UNAVAILABLE',
    });
    await checkpoints.stop();
  });

  it('are written after half a line of a killed process, and what it did not write follows', async () => {
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    writeFileSync(
      file,
      `${lines
        .filter(line => line !== '')
        .slice(0, -2)
        .join('\n')}\n`,
    );
    appendFileSync(file, '{"number":1,"checkp');
    const { checkpoints } = await gateway('gateway-4');
    await checkpoints.start();
    await checkpoints.stop();
    const whole = readFileSync(file, 'utf8').replace('{"number":1,"checkp\n', '');
    writeFileSync(file, whole);
    const numbers = inFile().map(({ content }) => content.number);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(numbers.length).toBe(lines.filter(line => line !== '').length + 2);
  });
});
