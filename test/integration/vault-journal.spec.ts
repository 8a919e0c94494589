import { execFileSync } from 'node:child_process';
import { hash, X509Certificate } from 'node:crypto';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifyManifest } from '#archive';
import { emptyJournal, readJournalLine, type JournalPosition, type KeyEntry, type KeyUseRecord } from '#contracts';
import {
  archiveSealGrants,
  AuditCheckpointSigner,
  auditCountersignatureType,
  GrantSigner,
  readAuditCountersignature,
  StatementSigner,
  StatementVerifier,
  type CheckpointContent,
  type PlaybackGrant,
} from '#grants';
import { KeyVaultClient, SessionKeyClient, type KeyVaultEndpoint } from '#key-vault-client';
import { recordCall } from '#test/vault/recorded-call.js';
import type { RunningVault } from '#test/vault/running-vault.js';
import { VaultTestBed } from '#test/vault/vault-test-bed.js';

jest.setTimeout(180_000);

const timeoutMs = 60_000;
let grounds: VaultTestBed;
let vault: RunningVault;
let administrator: KeyVaultEndpoint;
let signer: Pick<GrantSigner<PlaybackGrant>, 'sign'>;
let key: KeyEntry;
const clients: KeyVaultClient[] = [];

beforeAll(async () => {
  grounds = await VaultTestBed.prepare();
  // Whatever the logs say: these vaults say nothing.
  vault = await grounds.startVault({}, { RCS_LOGGING__LEVEL: 'silent' });
  administrator = await grounds.administrator(vault);
  signer = await grounds.grantSigner();
  const wanted = { contactCenter: '9350', alias: 'own', modulusBits: 2048 };
  ({ key } = await administrator.call('GenerateKeyPair', wanted, { timeoutMs }));
});
afterAll(async () => {
  clients.forEach(client => client.close());
  await grounds?.clear();
});

async function worker(of = vault): Promise<SessionKeyClient> {
  const client = new KeyVaultClient([of.address], { current: await grounds.identity('decrypt-worker') });
  clients.push(client);
  return new SessionKeyClient(client);
}

function request(requestId = 'request-1') {
  const call = recordCall(key);
  const signal = AbortSignal.timeout(timeoutMs);
  return { call, unwrap: { grant: signer.sign(call.grant), envelope: call.envelope, requestId, timeoutMs, signal } };
}

const jtiOf = (jws: string): unknown =>
  (JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()) as { jti: unknown }).jti;

function rcsctl(...parameters: string[]): { readonly status: number; readonly output: string } {
  try {
    const command = [join(process.cwd(), 'dist/apps/rcsctl/main.js'), 'audit', ...parameters];
    return { status: 0, output: execFileSync(process.execPath, command, { encoding: 'utf8', stdio: 'pipe' }) };
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
    return { status, output: stdout + stderr };
  }
}

const ofOperation = (operation: string): KeyUseRecord[] =>
  vault.keyUses().filter(record => record.operation === operation);

describe('a key that is used', () => {
  it('stands in the journal, with grant, caller, key and envelope, whatever the level of the logs is', async () => {
    const before = ofOperation('unwrap').length;
    const { call, unwrap } = request('request-of-a-playback');
    const { keys } = await (await worker()).unwrap(unwrap);
    expect(keys[0].sessionKey.equals(call.sessionKey)).toBe(true);
    const records = ofOperation('unwrap');
    expect(records).toHaveLength(before + 1);
    expect(records.at(-1)).toMatchObject({
      requestId: 'request-of-a-playback',
      caller: 'decrypt-worker',
      callerCertificate: expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/) as string,
      keys: [{ purpose: 'RECORDING', contactCenter: '9350', alias: 'own', keyIdentifier: key.keyIdentifier }],
      grantId: jtiOf(unwrap.grant),
      user: call.grant.sub,
      contactCenter: call.grant.contactCenter,
      recording: call.grant.recording,
      mediaFile: call.grant.mediaFile,
      envelopeDigest: call.grant.envelopeDigest,
    });
    expect(vault.log()).toBe('');
    expect(readFileSync(vault.journalFile).includes(call.sessionKey.toString('base64'))).toBe(false);
  });

  it('of a batch has a record of its own', async () => {
    const before = ofOperation('unwrap').length;
    const client = await worker();
    const requests = Array.from({ length: 40 }, (_, index) => request(`batch-${index}-of-forty`));
    await Promise.all(requests.map(({ unwrap }) => client.unwrap(unwrap)));
    const ids = ofOperation('unwrap')
      .slice(before)
      .map(({ grantId }) => grantId);
    expect(new Set(ids)).toEqual(new Set(requests.map(({ unwrap }) => jtiOf(unwrap.grant))));
  });

  it('is recorded when it is made, signs, is checked, disabled and enabled', async () => {
    const name = { contactCenter: '9350', keyIdentifier: key.keyIdentifier };
    const subject = { subject: 'CN=Recording' };
    await administrator.call('CreateCertificateSigningRequest', { key: name, subject }, { timeoutMs });
    const certified = { key: name, subject, alias: 'own', validityDays: 30 };
    await administrator.call('CreateSelfSignedCertificate', certified, { timeoutMs });
    const commandLine = await grounds.connect(vault, 'rcsctl');
    await commandLine.call('CheckKey', { key: name, publicKey: key.publicKey }, { timeoutMs });
    await administrator.call('DisableKey', { key: name, alias: 'own' }, { timeoutMs });
    await administrator.call('EnableKey', { key: name, alias: 'own' }, { timeoutMs });
    for (const operation of ['generate', 'sign-request', 'self-sign', 'check', 'disable', 'enable']) {
      expect([operation, ofOperation(operation).length]).toEqual([operation, 1]);
    }
    expect(ofOperation('disable')[0]).toMatchObject({
      caller: 'playback-gateway',
      grantId: expect.any(String) as string,
    });
  });
});

describe('what a gateway signs about its audit', () => {
  const checkpoint: CheckpointContent = {
    writer: 'gateway-1',
    size: 8,
    root: 'ab'.repeat(32),
    number: 1,
    state: 'opened',
    time: new Date().toISOString(),
    next: new Date().toISOString(),
    writers: 0,
    headsDigest: 'cd'.repeat(32),
    heads: [],
  };

  it('is written into the journal, which the vault vouches for', async () => {
    const identity = await grounds.identity('playback-gateway');
    const signed = new AuditCheckpointSigner(identity).sign(checkpoint).note;
    const gateway = await grounds.connect(vault, 'playback-gateway');
    const reply = await gateway.call('CountersignAuditCheckpoint', { checkpoint: signed }, { timeoutMs });
    const verifier = new StatementVerifier(grounds.authority.caPem, 'key-vault', auditCountersignatureType);
    const content = readAuditCountersignature(reply.countersignature, signed, verifier);
    expect(content).toMatchObject({ sequence: reply.sequence, time: reply.time });
    const lines = readFileSync(vault.journalFile, 'utf8').split('\n');
    expect(JSON.parse(lines[reply.sequence] ?? '')).toMatchObject({
      event: 'audit-checkpoint',
      caller: 'playback-gateway',
      digest: content.digest,
      checkpoint: signed,
    });
    expect(() => readAuditCountersignature(reply.countersignature, `${signed} `, verifier)).toThrow(/another/);
  });

  it('may name a thousand writers', async () => {
    const heads = Array.from({ length: 1000 }, (_, index) => ({
      writer: `playback-gateway-rcs-gateway-7d9f8b6c5d-x2k4q-${index.toString(16).padStart(8, '0')}`,
      size: 100_000 + index,
      hash: '1'.repeat(64),
      root: '2'.repeat(64),
    }));
    const identity = await grounds.identity('playback-gateway');
    const { note } = new AuditCheckpointSigner(identity).sign({ ...checkpoint, writers: heads.length, heads });
    const gateway = await grounds.connect(vault, 'playback-gateway');
    const reply = await gateway.call('CountersignAuditCheckpoint', { checkpoint: note }, { timeoutMs });
    const lines = readFileSync(vault.journalFile, 'utf8').split('\n');
    expect(JSON.parse(lines[reply.sequence] ?? '')).toMatchObject({ event: 'audit-checkpoint', checkpoint: note });
  });

  it('is refused when no gateway signed it, or when it is too long, and nothing is written', async () => {
    const [worker, foreign] = [await grounds.identity('decrypt-worker'), await grounds.identity('rcsctl')];
    const gateway = await grounds.connect(vault, 'playback-gateway');
    const before = readFileSync(vault.journalFile, 'utf8');
    const ofAnotherKind = new StatementSigner({ current: await grounds.identity('playback-gateway') }, 'rcs-grant+jws');
    for (const signed of [
      new AuditCheckpointSigner(worker).sign(checkpoint).note,
      new AuditCheckpointSigner(foreign).sign(checkpoint).note,
      ofAnotherKind.sign(checkpoint),
    ]) {
      const asked = gateway.call('CountersignAuditCheckpoint', { checkpoint: signed }, { timeoutMs });
      await expect(asked).rejects.toMatchObject({ code: 'RCS_INVALID_VALUE' });
    }
    const long = gateway.call('CountersignAuditCheckpoint', { checkpoint: 'a'.repeat(384 * 1024 + 1) }, { timeoutMs });
    await expect(long).rejects.toMatchObject({ code: 'RCS_PAYLOAD_TOO_LARGE' });
    expect(readFileSync(vault.journalFile, 'utf8')).toBe(before);
  });
});

describe('the manifest of an archive', () => {
  const manifest = Buffer.from('{}');
  const sealed = {
    sub: 'alice',
    contactCenter: '9350',
    archive: '5f0a6ff6-55a5-4f5c-9c3e-0b1c8e7a3c11',
    manifest: hash('sha256', manifest, 'hex'),
  };

  it('is signed once it stands in the journal, for a grant of a gateway, once', async () => {
    const own = await grounds.identity('playback-gateway');
    const seals = new GrantSigner({ current: own }, archiveSealGrants);
    const gateway = await grounds.connect(vault, 'playback-gateway');
    const grant = seals.sign(sealed);
    const { signature, sequence } = await gateway.call('SealArchive', { grant }, { timeoutMs });
    const authorities = [new X509Certificate(grounds.authority.caPem)];
    const { signer: vaultCertificate } = verifyManifest(manifest, Buffer.from(signature), authorities);
    expect(vaultCertificate.subjectAltName).toContain('key-vault');
    const lines = readFileSync(vault.journalFile, 'utf8').split('\n');
    const { sub: user, manifest: digest, ...named } = sealed;
    expect(JSON.parse(lines[sequence] ?? '')).toMatchObject({ event: 'archive-sealed', user, digest, ...named });
    const again = gateway.call('SealArchive', { grant }, { timeoutMs });
    await expect(again).rejects.toMatchObject({ code: 'RCS_GRANT_REFUSED' });
  });

  it('is signed for nobody else, and for no grant of another kind', async () => {
    const before = readFileSync(vault.journalFile, 'utf8');
    const [own, worker] = [await grounds.identity('playback-gateway'), await grounds.identity('decrypt-worker')];
    const gateway = await grounds.connect(vault, 'playback-gateway');
    for (const grant of [
      new GrantSigner({ current: worker }, archiveSealGrants).sign(sealed),
      new StatementSigner({ current: own }, 'rcs-grant+jws').sign(sealed),
      'nothing',
    ]) {
      const asked = gateway.call('SealArchive', { grant }, { timeoutMs });
      await expect(asked).rejects.toMatchObject({ code: 'RCS_GRANT_REFUSED' });
    }
    const stolen = await grounds.connect(vault, 'decrypt-worker');
    const grant = new GrantSigner({ current: own }, archiveSealGrants).sign(sealed);
    await expect(stolen.call('SealArchive', { grant }, { timeoutMs })).rejects.toMatchObject({
      code: 'RCS_CALLER_NOT_ALLOWED',
    });
    expect(readFileSync(vault.journalFile, 'utf8')).toBe(before);
  });
});

describe('a vault that is killed in the middle of its work', () => {
  it('leaves a chain that goes on, and keeps the line it was writing', async () => {
    const first = await grounds.startVault();
    const client = await worker(first);
    const calls = Array.from({ length: 300 }, (_, index) => client.unwrap(request(`killed-${index}-in-work`).unwrap));
    await Promise.race(calls);
    first.kill();
    const settled = await Promise.allSettled(calls);
    appendFileSync(first.journalFile, '{"callerCertificate":"AA');
    const second = await grounds.startVault({ keyUseJournal: { file: first.journalFile } });
    await (await worker(second)).unwrap(request('after-the-restart').unwrap);
    await second.stop();
    const { status, output } = rcsctl('verify-key-uses', first.journalFile);
    expect([status, output]).toEqual([0, expect.stringContaining('1 lines were being written when a process died')]);
    // Nothing was opened that is not recorded.
    const opened = settled.filter(({ status: outcome }) => outcome === 'fulfilled').length;
    expect(first.keyUses().length).toBeGreaterThanOrEqual(opened + 1);
  });
});

describe('a journal that cannot be written', () => {
  it('stops every use of a key, and the vault says why', async () => {
    const broken = await grounds.startVault();
    const client = await worker(broken);
    await client.unwrap(request().unwrap);
    // As if another process wrote it: from then on nobody could prove the chain.
    appendFileSync(broken.journalFile, 'x');
    await expect(client.unwrap(request().unwrap)).rejects.toMatchObject({ code: 'RCS_AUDIT_UNAVAILABLE' });
    const own = await grounds.administrator(broken);
    const wanted = { contactCenter: '9350', alias: 'unrecorded', modulusBits: 2048 };
    await expect(own.call('GenerateKeyPair', wanted, { timeoutMs })).rejects.toMatchObject({
      code: 'RCS_AUDIT_UNAVAILABLE',
    });
    const { keys } = await own.call('ListKeys', { contactCenter: '9350' }, { timeoutMs });
    expect(keys.map(({ alias }) => alias)).not.toContain('unrecorded');
    expect(await broken.metrics()).toMatch(/rcs_vault_journal_failures_total\{[^}]*\} 2/);
  });

  it('is refused at the start when it is no journal', async () => {
    const file = join(grounds.directory, 'no-journal');
    writeFileSync(file, 'something else\n');
    await expect(grounds.startVault({ keyUseJournal: { file } })).rejects.toThrow(/keyVault\.keyUseJournal\.file/);
  });
});

describe('rcsctl audit verify-key-uses', () => {
  it('finds every change, and compares with what gateways recorded', () => {
    const lines = readFileSync(vault.journalFile, 'utf8').trimEnd().split('\n');
    let position: JournalPosition = emptyJournal;
    for (const line of lines) position = readJournalLine(line, position);
    const copy = (name: string, content: readonly string[]): string => {
      const file = join(grounds.directory, name);
      writeFileSync(file, content.map(line => `${line}\n`).join(''));
      return file;
    };
    expect(rcsctl('verify-key-uses', copy('good.jsonl', lines))).toMatchObject({ status: 0 });
    const mallory = lines.map(line => line.replace('"caller":"decrypt-worker"', '"caller":"rcsctl"'));
    expect(rcsctl('verify-key-uses', copy('changed.jsonl', mallory))).toMatchObject({ status: 1 });
    expect(rcsctl('verify-key-uses', copy('gap.jsonl', lines.toSpliced(2, 1)))).toMatchObject({ status: 1 });
    expect(rcsctl('verify-key-uses', copy('empty.jsonl', []))).toMatchObject({ status: 1 });
    const uses = ofOperation('unwrap');
    const audit = (records: readonly KeyUseRecord[]): string =>
      copy(
        'audit.jsonl',
        records.map(({ grantId }) => JSON.stringify({ event: 'playback-finished', detail: `grants ${grantId ?? ''}` })),
      );
    const good = join(grounds.directory, 'good.jsonl');
    expect(rcsctl('verify-key-uses', good, '--audit', audit(uses))).toMatchObject({ status: 0 });
    const { status, output } = rcsctl('verify-key-uses', good, '--audit', audit(uses.slice(1)));
    expect([status, output]).toEqual([1, expect.stringContaining(uses[0]?.grantId ?? 'none')]);
  });
});
