import { createDecipheriv } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { stringify } from 'yaml';
import { encryptDetached, parseEnvelope } from '#cms';
import type { KeyEntry, KeyName, OperatorJournalRecord } from '#contracts';
import { administrationGrants, GrantSigner, keyApprovals, type PlaybackGrant } from '#grants';
import { TransportAgreements, type KeyVaultEndpoint } from '#key-vault-client';
import { createLogger } from '#platform';
import { KeyWatch } from '../../apps/decrypt-worker/src/key-watch/key-watch.js';
import { rcsctl } from '../e2e/command-line.js';
import { administrationContent } from '#test/vault/administrator-endpoint.js';
import { ageDisabling } from '#test/vault/aged-disabling.js';
import { Operator } from '#test/vault/operator.js';
import { grantFor, publicKeyOf, recordCall } from '#test/vault/recorded-call.js';
import type { RunningVault } from '#test/vault/running-vault.js';
import { VaultTestBed } from '#test/vault/vault-test-bed.js';
import { waitFor } from '#test/waiting/wait-for.js';

jest.setTimeout(240_000);

const timeoutMs = 60_000;
const monthHours = 720;
let testBed: VaultTestBed;
let settings: object;
let vault: RunningVault;
let gateway: KeyVaultEndpoint;
let worker: KeyVaultEndpoint;
let commandLine: KeyVaultEndpoint;
let signer: Pick<GrantSigner<PlaybackGrant>, 'sign'>;
let olga: Operator;
let otto: Operator;
let stranger: Operator;

beforeAll(async () => {
  testBed = await VaultTestBed.prepare();
  olga = await Operator.of(testBed, 'olga');
  otto = await Operator.of(testBed, 'otto');
  stranger = await Operator.of(testBed, 'stranger');
  settings = {
    allowOperatorUnwrap: {
      certificateFiles: [olga.certificateFile, otto.certificateFile],
      journalFile: join(testBed.directory, 'journal.jsonl'),
    },
  };
  signer = await testBed.grantSigner();
  await start();
});
afterAll(() => testBed?.clear());

async function start(): Promise<void> {
  vault = await testBed.startVault(settings);
  gateway = await testBed.administrator(vault);
  worker = await testBed.connect(vault, 'decrypt-worker');
  commandLine = await testBed.connect(vault, 'rcsctl');
}

const nameOf = ({ contactCenter, keyIdentifier }: KeyEntry) => ({ contactCenter, keyIdentifier });
const named = (key: KeyEntry) => ({ key: nameOf(key), alias: key.alias });
const journal = (): OperatorJournalRecord[] =>
  readFileSync(join(testBed.directory, 'journal.jsonl'), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as OperatorJournalRecord);

async function makeKey(alias: string, contactCenter = '9350'): Promise<KeyEntry> {
  const request = { contactCenter, alias, modulusBits: 2048 };
  const { key } = await gateway.call('GenerateKeyPair', request, { timeoutMs });
  const certify = { key: nameOf(key), subject: { subject: `CN=${alias}` }, alias, validityDays: 30 };
  return (await gateway.call('CreateSelfSignedCertificate', certify, { timeoutMs })).key;
}

/** `ok` when a worker gets the session key of a call that was recorded for the key, else the code. */
async function opened(key: KeyEntry, by = worker): Promise<string> {
  const call = recordCall(key);
  const transport = await new TransportAgreements().with(by, timeoutMs);
  const request = {
    grant: signer.sign(call.grant),
    envelope: call.envelope,
    transportKeyId: transport.id,
  };
  try {
    const { jwe } = await by.call('UnwrapSessionKey', request, { timeoutMs });
    return transport.key.unwrap(jwe).equals(call.sessionKey) ? 'ok' : 'other bytes';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

async function entryOf(key: KeyEntry): Promise<KeyEntry | undefined> {
  const { keys } = await commandLine.call('ListKeys', { contactCenter: key.contactCenter }, { timeoutMs });
  return keys.find(({ keyIdentifier }) => keyIdentifier === key.keyIdentifier);
}

const disable = async (key: KeyEntry, by = gateway): Promise<KeyEntry> =>
  (await by.call('DisableKey', named(key), { timeoutMs })).key;
const enable = async (key: KeyEntry, by = gateway): Promise<KeyEntry> =>
  (await by.call('EnableKey', named(key), { timeoutMs })).key;
const destroy = async (key: KeyEntry, approvals: readonly string[], by = commandLine): Promise<string> => {
  try {
    const { privateKeyDestroyed } = await by.call('DestroyKey', { ...named(key), approvals }, { timeoutMs });
    return privateKeyDestroyed ? 'destroyed' : 'certificates gone';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('a disabled key', () => {
  it('opens nothing in any way until it is enabled, and says until when that is possible', async () => {
    const key = await makeKey('in turn');
    expect(key).toMatchObject({ state: 'ACTIVE', disabledAt: '', destroyableAt: '' });
    expect(await opened(key)).toBe('ok');

    const before = Date.now();
    const disabled = await disable(key);
    expect(disabled).toMatchObject({ state: 'DISABLED', disabledBy: 'carol', unlistableSources: [] });
    const [disabledAt, destroyableAt] = [disabled.disabledAt, disabled.destroyableAt].map(time => Date.parse(time!));
    expect(disabledAt).toBeGreaterThanOrEqual(before);
    expect(destroyableAt! - disabledAt!).toBe(monthHours * 3_600_000);
    expect(await entryOf(key)).toEqual(disabled);

    expect(await opened(key)).toBe('RCS_KEY_DISABLED');
    const publicKey = publicKeyOf(key).export({ format: 'der', type: 'spki' });
    const refusals = [
      commandLine.call('CheckKey', { key: nameOf(key), publicKey }, { timeoutMs }),
      gateway.call(
        'CreateCertificateSigningRequest',
        { key: nameOf(key), subject: { subject: 'CN=x' } },
        { timeoutMs },
      ),
      gateway.call(
        'CreateSelfSignedCertificate',
        { key: nameOf(key), subject: { subject: 'CN=x' }, alias: 'x', validityDays: 1 },
        { timeoutMs },
      ),
      gateway.call('AttachCertificate', { ...named(key), alias: 'y', certificate: key.certificate }, { timeoutMs }),
    ];
    for (const refusal of refusals) {
      await expect(refusal).rejects.toMatchObject({
        code: 'RCS_KEY_DISABLED',
        publicDetail: expect.stringContaining(disabled.destroyableAt!) as string,
      });
    }

    expect(await enable(key)).toEqual(key);
    expect(await opened(key)).toBe('ok');
  });

  it('keeps its time when it is disabled again, and begins again when it was enabled', async () => {
    const key = await makeKey('again');
    const first = await disable(key);
    expect(await disable(key, commandLine)).toEqual(first);
    await enable(key, commandLine);
    const second = await disable(key, commandLine);
    expect(Date.parse(second.disabledAt!)).toBeGreaterThan(Date.parse(first.disabledAt!));
    expect(second.disabledBy).toContain('command line with the certificate');
    await enable(key);
  });

  it('stays so when the vault starts again, and at every vault of the token', async () => {
    const key = await makeKey('everywhere');
    const other = await testBed.startVault();
    const otherWorker = await testBed.connect(other, 'decrypt-worker');
    expect(await opened(key, otherWorker)).toBe('ok');
    await disable(key);
    await waitFor('the other vault to notice', async () => (await opened(key, otherWorker)) === 'RCS_KEY_DISABLED');
    await vault.stop();
    await start();
    expect(await opened(key)).toBe('RCS_KEY_DISABLED');
    await enable(key);
    await waitFor('the other vault to notice', async () => (await opened(key, otherWorker)) === 'ok');
  });

  it('is one contact center\u2019s alone', async () => {
    const key = await makeKey('mine');
    const foreign = { ...key, contactCenter: '9351' };
    await expect(disable(foreign)).rejects.toMatchObject({ code: 'RCS_NOT_FOUND' });
    await expect(disable({ ...key, alias: 'in turn' })).rejects.toMatchObject({ code: 'RCS_NOT_FOUND' });
    expect(await opened(key)).toBe('ok');
  });

  it('is told at once to workers that watch', async () => {
    const key = await makeKey('watched');
    const start = await worker.call('WatchDisabledKeys', { revision: '' }, { timeoutMs });
    expect(start.keys).not.toContainEqual(nameOf(key));
    const next = worker.call('WatchDisabledKeys', { revision: start.revision }, { timeoutMs });
    await disable(key);
    const disabledAt = Date.now();
    const { keys, revision } = await next;
    // A watch of which nothing is told lasts until its deadline.
    expect(Date.now() - disabledAt).toBeLessThan(timeoutMs / 4);
    expect(keys).toContainEqual(nameOf(key));
    const later = worker.call('WatchDisabledKeys', { revision }, { timeoutMs });
    await enable(key);
    expect((await later).keys).not.toContainEqual(nameOf(key));
    const idle = worker.call('WatchDisabledKeys', { revision: start.revision }, { timeoutMs: 1500 });
    expect(await idle).toEqual(start);
  });
});

it('a worker ends what a disabled key has opened, whoever disabled it', async () => {
  const key = await makeKey('playing');
  const forgotten: KeyName[] = [];
  const vaults = { endpoints: [worker] };
  const watch = new KeyWatch(vaults, name => forgotten.push(name), createLogger('decrypt-worker', 'test', 'silent'));
  watch.start();
  try {
    await disable(key, commandLine);
    const disabledAt = Date.now();
    await waitFor('the worker to hear of it', async () => Promise.resolve(forgotten.length > 0));
    // A worker that is not told hears of it after 28 seconds.
    expect(Date.now() - disabledAt).toBeLessThan(14_000);
    expect(forgotten).toContainEqual(nameOf(key));
  } finally {
    watch.stop();
  }
  await enable(key);
});

describe('rcsctl keys', () => {
  const contactCenter = '9353';
  let configurationOf: Record<'olga' | 'otto', string>;
  const run = (who: 'olga' | 'otto', ...args: string[]) => rcsctl(configurationOf[who], 'keys', ...args);
  const out = (name: string) => join(testBed.directory, name);

  beforeAll(async () => {
    const identity = await testBed.identity('rcsctl');
    const directory = join(testBed.directory, 'rcsctl');
    mkdirSync(directory);
    const file = (name: string, content: string | Buffer): string => {
      writeFileSync(join(directory, name), content);
      return join(directory, name);
    };
    const internalTls = {
      caFile: file('ca.pem', identity.caPem),
      certificateFile: file('rcsctl.pem', identity.certificatePem),
      keyFile: file('rcsctl.key', identity.keyPem),
    };
    const forOperator = (name: string, operator: Operator): string =>
      file(
        `${name}.yaml`,
        stringify({
          internalTls,
          decryptWorker: { vaultAddresses: [vault.address] },
          rcsctl: {
            operator: {
              certificateFile: operator.certificateFile,
              keyFile: file(`${name}.key`, operator.identity.keyPem),
            },
          },
        }),
      );
    configurationOf = { olga: forOperator('olga', olga), otto: forOperator('otto', otto) };
  });

  it('lists, disables, enables, and destroys the last key when two operators agree', async () => {
    const key = await makeKey('by hand', contactCenter);
    expect((await run('olga', 'disable', 'by hand')).stdout).toContain('by hand: disabled; it can be enabled until');
    expect((await run('olga', 'list')).stdout).toMatch(/9353 +by hand +[0-9a-f]{40} +RECORDING +DISABLED/);
    expect((await run('olga', 'enable', 'by hand', '--contact-center', contactCenter)).stdout).toBe(
      'by hand: in use\n',
    );
    expect(await opened(key)).toBe('ok');

    const early = await run('olga', 'approve', 'by hand', '-o', out('early'));
    expect([early.status, early.stderr]).toEqual([1, expect.stringContaining('disable it first')]);
    await run('olga', 'disable', 'by hand');
    ageDisabling(testBed.softHsm, monthHours);
    expect((await run('olga', 'destroy', 'by hand', '--confirm', 'By hand')).stderr).toContain('type the alias');
    const alone = await run('olga', 'destroy', 'by hand', '--confirm', 'by hand');
    expect([alone.status, alone.stderr]).toEqual([1, expect.stringContaining('two different operators')]);
    expect(await entryOf(key)).toMatchObject({ state: 'DISABLED' });
    const approved = await run('otto', 'approve', 'by hand', '-o', out('otto.approval'));
    expect(approved).toMatchObject({ status: 0, stderr: '' });
    const done = await run('olga', 'destroy', 'by hand', '--confirm', 'by hand', '--approval', out('otto.approval'));
    expect([done.status, done.stderr, done.stdout]).toEqual([0, '', expect.stringContaining('by hand: destroyed')]);
    expect(await entryOf(key)).toBeUndefined();
    const proof = await rcsctl(configurationOf.olga, 'audit', 'verify-operators', out('journal.jsonl'));
    expect(proof.status).toBe(0);
    const missing = await run('olga', 'destroy', 'by hand', '--confirm', 'by hand');
    expect(missing.stderr).toContain('no vault holds a key \"by hand\"');
  });
});

it('an envelope with a further recipient opens although the first one is disabled', async () => {
  // An envelope has its recipients in the order of their DER, which here is that of the key identifiers.
  const made = [
    { alias: 'one of two', key: await makeKey('one of two') },
    { alias: 'other of two', key: await makeKey('other of two') },
  ].sort((a, b) => (a.key.keyIdentifier < b.key.keyIdentifier ? -1 : 1));
  const [{ alias: firstAlias, key: first }, { alias: secondAlias, key: second }] = [made[0]!, made[1]!];
  const { envelope } = encryptDetached({
    recipients: [first, second].map(one => ({
      identifier: { type: 'subject-key-identifier', keyIdentifier: Buffer.from(one.keyIdentifier, 'hex') },
      publicKey: publicKeyOf(one),
      keyEncryption: { scheme: 'rsaes-pkcs1-v1_5' },
    })),
  });
  const transport = await new TransportAgreements().with(worker, timeoutMs);
  const openedBy = async (): Promise<string> => {
    const grant = signer.sign(grantFor(envelope, '9350', 'two'));
    const request = { grant, envelope, transportKeyId: transport.id };
    return (await worker.call('UnwrapSessionKey', request, { timeoutMs })).certificateAlias;
  };
  expect(await openedBy()).toBe(firstAlias);
  await disable(first);
  expect(await openedBy()).toBe(secondAlias);
  await disable(second);
  await expect(openedBy()).rejects.toMatchObject({ code: 'RCS_KEY_DISABLED' });
  await enable(first);
  await enable(second);
});

/** Undefined where the padding is wrong. */
function decrypted(stored: Buffer, envelope: Buffer, sessionKey: Buffer): string | undefined {
  const { contentEncryption } = parseEnvelope(envelope);
  if (!('iv' in contentEncryption)) throw new Error('not CBC');
  const cipher = createDecipheriv('aes-256-cbc', sessionKey, contentEncryption.iv);
  try {
    return Buffer.concat([cipher.update(stored), cipher.final()]).toString();
  } catch {
    return undefined;
  }
}

it('a key is tried with every recipient of its name, not with the first alone', async () => {
  const [namesake, key] = [await makeKey('namesake'), await makeKey('of two recipients')];
  const transport = await new TransportAgreements().with(worker, timeoutMs);
  // The order of the two is that of their DER, a matter of chance: one of so many has the wrong one first.
  for (let times = 0; times < 12; times++) {
    const { envelope, ciphertext } = encryptDetached({
      recipients: [namesake, key].map(one => ({
        identifier: { type: 'subject-key-identifier', keyIdentifier: Buffer.from(key.keyIdentifier, 'hex') },
        publicKey: publicKeyOf(one),
        keyEncryption: { scheme: 'rsaes-pkcs1-v1_5' },
      })),
    });
    const grant = signer.sign(grantFor(envelope, '9350', 'two'));
    const request = { grant, envelope, transportKeyId: transport.id };
    const { candidates, more, ...first } = await worker.call('UnwrapSessionKey', request, { timeoutMs });
    ciphertext.end('a call');
    const stored = await buffer(ciphertext);
    const plaintexts = [first, ...candidates].map(({ jwe }) => decrypted(stored, envelope, transport.key.unwrap(jwe)));
    expect([plaintexts.length, plaintexts.includes('a call'), more]).toEqual([2, true, false]);
  }
});

describe('the destruction of a key', () => {
  let key: KeyEntry;
  let alone: KeyEntry;

  beforeAll(async () => {
    key = await makeKey('old');
    await makeKey('other');
    alone = await makeKey('alone', '9352');
  });

  it('is refused while the key is in use, and before its time', async () => {
    expect(await destroy(key, [olga.approve('destroy', key)])).toBe('RCS_KEY_NOT_DESTROYABLE');
    const disabled = await disable(key);
    expect(await destroy(disabled, [olga.approve('destroy', disabled)])).toBe('RCS_KEY_NOT_DESTROYABLE');
    ageDisabling(testBed.softHsm, monthHours - 1);
    const nearly = (await entryOf(key))!;
    expect(await destroy(nearly, [olga.approve('destroy', nearly)])).toBe('RCS_KEY_NOT_DESTROYABLE');
    expect(await enable(key)).toEqual(key);
  });

  it('needs an approval that is about this very disabling, by an operator whom the vault knows', async () => {
    await disable(key);
    ageDisabling(testBed.softHsm, monthHours);
    const mark = (await entryOf(key))!;
    const gatewaysOwn = new GrantSigner({ current: await testBed.identity('playback-gateway') }, keyApprovals);
    const approvals: Record<string, readonly string[]> = {
      none: [],
      'of a stranger': [stranger.approve('destroy', mark)],
      'to disable': [olga.approve('disable', mark)],
      'for another alias': [olga.approve('destroy', mark, { alias: 'other' })],
      'for another contact center': [olga.approve('destroy', mark, { contactCenter: '9351' })],
      'for another key': [olga.approve('destroy', { ...mark, keyIdentifier: alone.keyIdentifier })],
      'for an earlier disabling': [
        olga.approve('destroy', mark, { disabledAt: new Date(Date.parse(mark.disabledAt!) - 1).toISOString() }),
      ],
      'of a gateway': [
        gatewaysOwn.sign({
          sub: 'gateway',
          purpose: 'destroy',
          ...nameOf(mark),
          alias: mark.alias,
          disabledAt: mark.disabledAt!,
          unlistableSources: [],
        }),
      ],
      'that is none': ['a.b.c'],
    };
    for (const [name, list] of Object.entries(approvals)) {
      expect([name, await destroy(mark, list)]).toEqual([name, 'RCS_APPROVAL_REQUIRED']);
    }
    const approval = olga.approve('destroy', mark);
    for (const role of ['playback-gateway', 'decrypt-worker', 'local-key-manager', 'operator'] as const) {
      expect(await destroy(mark, [approval], await testBed.connect(vault, role))).toBe('RCS_CALLER_NOT_ALLOWED');
    }
    expect(await entryOf(key)).toEqual(mark);

    expect(await destroy(mark, [approval])).toBe('destroyed');
    expect(await entryOf(key)).toBeUndefined();
    expect(await opened(key)).toBe('RCS_KEY_NOT_FOUND');
    await expect(enable(key)).rejects.toMatchObject({ code: 'RCS_NOT_FOUND' });
    expect(await destroy(mark, [approval])).toBe('RCS_NOT_FOUND');
    expect(journal().at(-1)).toMatchObject({
      event: 'key-destroyed',
      outcome: 'allowed',
      operator: 'CN=olga',
      contactCenter: '9350',
      certificateAlias: 'old',
      keyIdentifier: key.keyIdentifier,
    });
  });

  it('of the last key of a contact center needs two operators', async () => {
    await disable(alone);
    ageDisabling(testBed.softHsm, monthHours);
    const mark = (await entryOf(alone))!;
    const [first, again, second] = [
      olga.approve('destroy', mark),
      olga.approve('destroy', mark),
      otto.approve('destroy', mark),
    ];
    expect(await destroy(mark, [first])).toBe('RCS_APPROVAL_REQUIRED');
    expect(await destroy(mark, [first, first])).toBe('RCS_APPROVAL_REQUIRED');
    expect(await destroy(mark, [first, again])).toBe('RCS_APPROVAL_REQUIRED');
    expect(await entryOf(alone)).toEqual(mark);
    expect(await destroy(mark, [first, second])).toBe('destroyed');
    expect(journal().at(-1)?.operator).toBe('CN=olga; CN=otto');
    expect(ageDisabling(testBed.softHsm, 0)).toBe(0);
  });

  it('waits for sources that cannot be listed: operators name them twice', async () => {
    const archived = await makeKey('archived');
    const identity = await testBed.identity('playback-gateway');
    const grants = new GrantSigner({ current: identity }, administrationGrants);
    const unlistableSources = ['tapes of 2019', 'old server'];
    const asked = async (approvals: readonly string[]) => {
      const grant = grants.sign({ ...administrationContent('disable', named(archived)), unlistableSources });
      return gateway.call('DisableKey', { ...named(archived), grant, approvals }, { timeoutMs });
    };
    const refusal = asked([olga.approve('disable', archived, { unlistableSources: ['old server'] })]);
    await expect(refusal).rejects.toMatchObject({
      code: 'RCS_APPROVAL_REQUIRED',
      publicDetail: expect.stringContaining('tapes of 2019') as string,
    });
    expect(await opened(archived)).toBe('ok');
    const approval = olga.approve('disable', archived, { unlistableSources });
    const { key: disabled } = await asked([approval]);
    expect(disabled).toMatchObject({ state: 'DISABLED', unlistableSources });
    expect(journal().at(-1)).toMatchObject({ event: 'key-disabled', operator: 'CN=olga', user: 'carol' });
    ageDisabling(testBed.softHsm, monthHours);
    const mark = (await entryOf(archived))!;
    const forgetful = otto.approve('destroy', mark, { unlistableSources: [] });
    expect(await destroy(mark, [forgetful])).toBe('RCS_APPROVAL_REQUIRED');
    expect(await destroy(mark, [otto.approve('destroy', mark)])).toBe('destroyed');
  });

  it('is nobody\u2019s where the vault knows no operator', async () => {
    const kept = await makeKey('kept');
    await disable(kept);
    ageDisabling(testBed.softHsm, monthHours);
    const mark = (await entryOf(kept))!;
    const bare = await testBed.startVault();
    const approvals = [olga.approve('destroy', mark)];
    expect(await destroy(mark, approvals, await testBed.connect(bare, 'rcsctl'))).toBe('RCS_OPERATOR_NOT_ALLOWED');
    await enable(kept);
  });
});
