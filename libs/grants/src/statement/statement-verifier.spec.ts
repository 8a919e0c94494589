import { createPrivateKey, sign } from 'node:crypto';
import type { InternalIdentity } from '#platform';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { StatementSigner } from './statement-signer.js';
import { StatementRefused } from './certified-token.js';
import { StatementVerifier } from './statement-verifier.js';

const type = 'rcs-example+jws';
const content = { sub: 'anthony', exp: 1 };
const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe(StatementVerifier.name, () => {
  let authority: InternalAuthority;
  let gateway: InternalIdentity;
  let verifier: StatementVerifier;

  beforeAll(async () => {
    authority = await InternalAuthority.create();
    gateway = await authority.issue('playback-gateway');
    verifier = new StatementVerifier(authority.caPem, 'playback-gateway', type);
  });

  const signed = (by: InternalIdentity = gateway, as = type) => new StatementSigner({ current: by }, as).sign(content);
  const expectRefused = (jws: string) => expect(() => verifier.verify(jws)).toThrow(StatementRefused);

  it('gives what was said', () => {
    expect(verifier.verify(signed())).toEqual(content);
  });

  it('refuses a statement of another type, role or authority', async () => {
    expectRefused(signed(gateway, 'rcs-grant+jws'));
    expectRefused(signed(await authority.issue('decrypt-worker')));
    expectRefused(signed(await (await InternalAuthority.create()).issue('playback-gateway')));
  });

  it('refuses any change', () => {
    const parts = signed().split('.');
    for (const [index, part] of parts.entries()) {
      const bytes = Buffer.from(part, 'base64url');
      const middle = Math.floor(bytes.length / 2);
      bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
      expectRefused(parts.with(index, bytes.toString('base64url')).join('.'));
    }
    const [header = '', , signature = ''] = parts;
    expectRefused(`${header}.${base64url({ ...content, sub: 'mallory' })}.${signature}`);
  });

  it('refuses other algorithms and keys from the header', async () => {
    const thief = await authority.issue('decrypt-worker');
    const [header = '', payload = ''] = signed().split('.');
    const fields = JSON.parse(Buffer.from(header, 'base64url').toString()) as object;
    expectRefused(`${base64url({ ...fields, alg: 'none' })}.${payload}.`);
    const jwk = createPrivateKey(thief.keyPem).export({ format: 'jwk' });
    const input = `${base64url({ ...fields, jwk })}.${payload}`;
    const key = { key: createPrivateKey(thief.keyPem), dsaEncoding: 'ieee-p1363' as const };
    expectRefused(`${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`);
  });

  it.each(['', '.', '..', 'a.b.c', 'e30.e30.', 'e30.e30.e30.e30', '{}', 'a'.repeat(20_000)])(
    'refuses what is no statement (case %#)',
    jws => {
      expectRefused(jws);
    },
  );

  it('believes a kept statement for the time it was signed at, and not one for now', async () => {
    const past = { notBefore: new Date('2020-01-01'), notAfter: new Date('2020-12-31') };
    const old = await InternalAuthority.create(past);
    const jws = signed(await old.issue('playback-gateway', past));
    const judge = new StatementVerifier(old.caPem, 'playback-gateway', type);
    expect(judge.verifyAt(jws, () => new Date('2020-06-01'))).toEqual(content);
    expect(() => judge.verify(jws)).toThrow(StatementRefused);
    expect(() => judge.verifyAt(jws, () => new Date('2021-06-01'))).toThrow(StatementRefused);
  });
});
