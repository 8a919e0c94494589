import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '#platform';
import { openSqliteStore, type SharedSecretStore, type Store } from '#store';
import { GatewayKeys } from './gateway-keys.js';
import { RecordSeals } from './sealed-records.js';

let logged = '';
const logger = createLogger('test', 'test', 'warn', { write: line => (logged += line) });
const hour = 3_600_000;

describe(GatewayKeys.name, () => {
  let directory: string;
  let store: Store;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'rcs-gateway-keys-'));
    store = await openSqliteStore({ directory, auditWriter: 'test' });
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const agreed = (masterKey?: Buffer) => GatewayKeys.agreed(store.sharedSecrets, masterKey);

  it.each<readonly [string, Buffer | undefined]>([
    ['without a master key', undefined],
    ['with a master key', randomBytes(32)],
  ])('are the same for all gateways of a store, %s', async (_, masterKey) => {
    const gateways = await Promise.all(Array.from({ length: 5 }, () => agreed(masterKey)));
    expect(new Set(gateways.map(keys => keys.of('a').toString('hex'))).size).toBe(1);
    const [keys] = gateways;
    expect(keys?.of('a')).not.toEqual(keys?.of('b'));
    expect(keys?.of('a')).toHaveLength(32);
  });

  it('are others with another master key, and those of before when it is back', async () => {
    const [one, other] = [randomBytes(32), randomBytes(32)];
    const before = (await agreed(one)).of('a');
    expect((await agreed(other)).of('a')).not.toEqual(before);
    expect((await agreed()).of('a')).not.toEqual(before);
    expect((await agreed(one)).of('a')).toEqual(before);
  });

  it('are encrypted in the store where there is a master key', async () => {
    const kept: string[] = [];
    const observed: SharedSecretStore = {
      agree: async (name, proposed) => {
        const secret = await store.sharedSecrets.agree(name, proposed);
        kept.push(secret);
        return secret;
      },
    };
    await GatewayKeys.agreed(observed, randomBytes(32));
    expect(kept).toEqual([expect.stringMatching(/^CRYPT:/)]);
  });
});

describe(RecordSeals.name, () => {
  const keys = new GatewayKeys(randomBytes(32));
  const seals = new RecordSeals(keys, logger).for('examples');
  const content = { name: 'alice' };
  beforeEach(() => {
    logged = '';
  });

  it('give back what was sealed, and its end', () => {
    const endsAt = Date.now() + hour;
    expect(seals.open('a', seals.seal('a', content, endsAt))).toEqual({ content, endsAt });
    expect(seals.open('a', null)).toBeUndefined();
    expect(logged).toBe('');
  });

  it('give nothing after the end', () => {
    expect(seals.open('a', seals.seal('a', content, Date.now() - 1))).toBeUndefined();
    expect(logged).toBe('');
  });

  it('refuse what was sealed for another place, purpose or store, and any change, and say so', () => {
    const sealed = seals.seal('a', content, Date.now() + hour);
    const strangers = new RecordSeals(new GatewayKeys(randomBytes(32)), logger).for('examples');
    const forgeries = [
      seals.seal('b', content, Date.now() + hour),
      new RecordSeals(keys, logger).for('others').seal('a', content, Date.now() + hour),
      strangers.seal('a', content, Date.now() + hour),
      JSON.stringify({ content, endsAt: Date.now() + hour }),
      sealed.slice(1),
      sealed.slice(0, -4),
      '',
      ...Array.from(
        sealed,
        (letter, index) => sealed.slice(0, index) + (letter === 'A' ? 'w' : 'A') + sealed.slice(index + 1),
      ),
    ];
    for (const forgery of forgeries) {
      if (Buffer.from(forgery, 'base64url').equals(Buffer.from(sealed, 'base64url'))) continue;
      expect(seals.open('a', forgery)).toBeUndefined();
    }
    expect(logged).toContain('a record in Redis that no gateway of this store wrote was refused');
  });

  it('tell nothing of the content', () => {
    const sealed = seals.seal('a', content, Date.now() + hour);
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('alice');
    expect(seals.seal('a', content, Date.now() + hour)).not.toBe(sealed);
  });
});
