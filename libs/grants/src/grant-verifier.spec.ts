import { createPrivateKey, createHmac, randomUUID, sign, X509Certificate } from 'node:crypto';
import { LiveIdentity, parseDeniedCertificates, type InternalIdentity } from '#platform';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { GrantSigner } from './grant-signer.js';
import { GrantVerifier } from './grant-verifier.js';
import { boundTo, checkHolder, vaultAudience } from './grant-binding.js';
import { envelopeDigest, playbackGrants, type GrantContent, type PlaybackGrant } from './playback-grant.js';

const content: GrantContent = {
  sub: 'anthony',
  contactCenter: 'cc-1',
  recording: 'recording-1',
  mediaFile: 'call.mp3',
  location: { storage: 'webDAV', path: 'http://storage/call.bin' },
  purpose: 'play',
  layout: 'detached',
  envelopeDigest: envelopeDigest(Buffer.from('envelope')),
};

const now = (): number => Math.floor(Date.now() / 1000);
const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const derOf = (identity: InternalIdentity): string =>
  new X509Certificate(identity.certificatePem).raw.toString('base64');
const payloadOf = (jws: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(jws.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;

interface Forgery {
  readonly header?: Record<string, unknown>;
  readonly payload?: Record<string, unknown>;
  readonly signWith?: InternalIdentity;
  readonly hash?: string;
}

/** A JWS made by hand: every part of it can be wrong on purpose. */
function forge(signer: InternalIdentity, { header, payload, signWith, hash }: Forgery = {}): string {
  const protectedHeader = { alg: 'ES256', typ: 'rcs-grant+jws', x5c: [derOf(signer)], ...header };
  const frame = { jti: randomUUID(), aud: vaultAudience(), iat: now(), exp: now() + 30 };
  const claims = { ...content, ...frame, ...payload };
  const input = `${base64url(protectedHeader)}.${base64url(claims)}`;
  const key = { key: createPrivateKey((signWith ?? signer).keyPem), dsaEncoding: 'ieee-p1363' as const };
  return `${input}.${sign(hash ?? 'sha256', Buffer.from(input), key).toString('base64url')}`;
}

describe(GrantVerifier.name, () => {
  let authority: InternalAuthority;
  let gateway: InternalIdentity;
  let signer: GrantSigner<PlaybackGrant>;
  let verifier: GrantVerifier;

  beforeAll(async () => {
    authority = await InternalAuthority.create();
    gateway = await authority.issue('playback-gateway');
    signer = new GrantSigner({ current: gateway }, playbackGrants);
  });
  beforeEach(() => {
    verifier = new GrantVerifier({ current: authority }, { remembered: 100 });
  });

  const expectRefused = (jws: string, why = /grant refused/, judge = verifier): void => {
    let refusal: unknown;
    try {
      judge.verify(jws);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({ code: 'RCS_GRANT_REFUSED', publicDetail: undefined });
    expect((refusal as Error).message).toMatch(why);
  };

  describe('for a grant of a gateway', () => {
    it('gives what was granted', () => {
      const grant = verifier.verify(signer.sign(content));
      expect(grant).toMatchObject(content);
      expect(grant.exp - grant.iat).toBe(60);
      expect(Object.isFrozen(grant)).toBe(true);
    });

    it('takes it again while it lives, remembered or not', () => {
      const jws = signer.sign(content);
      expect(verifier.verify(jws)).toBe(verifier.verify(jws));
      const forgetful = new GrantVerifier({ current: authority });
      expect(forgetful.verify(jws)).toEqual(forgetful.verify(jws));
    });

    it('takes one made by another implementation of RFC 7515', () => {
      expect(verifier.verify(forge(gateway))).toMatchObject(content);
    });

    it('never lets the signer grant more than 60 seconds, and gives each grant its own id', () => {
      const [first, second] = [payloadOf(signer.sign(content, 3600)), payloadOf(signer.sign(content))];
      expect(Number(first.exp) - Number(first.iat)).toBe(60);
      expect(first.jti).not.toBe(second.jti);
    });

    it('takes a clock that is a little ahead', () => {
      expect(verifier.verify(forge(gateway, { payload: { iat: now() + 3, exp: now() + 30 } }))).toBeDefined();
    });

    it('trusts every authority in the file, so that authorities can be exchanged', async () => {
      const next = await InternalAuthority.create();
      const both = new GrantVerifier({ current: { caPem: Buffer.concat([next.caPem, authority.caPem]) } });
      expect(both.verify(signer.sign(content))).toMatchObject(content);
      const nextSigner = new GrantSigner({ current: await next.issue('playback-gateway') }, playbackGrants);
      expect(both.verify(nextSigner.sign(content))).toMatchObject(content);
    });
  });

  it('trusts nobody any more whom only the former authorities vouched for, remembered or not', async () => {
    const next = await InternalAuthority.create();
    const identity = new LiveIdentity(await authority.issue('key-vault'));
    const judge = new GrantVerifier(identity, { remembered: 100 });
    const jws = signer.sign(content);
    judge.verify(jws);
    identity.replace(await next.issue('key-vault'));
    expectRefused(jws, /do not trust/, judge);
    const nextSigner = new GrantSigner({ current: await next.issue('playback-gateway') }, playbackGrants);
    expect(judge.verify(nextSigner.sign(content))).toMatchObject(content);
  });

  describe('for a forgery', () => {
    it('refuses a signature by another key', async () => {
      const thief = await authority.issue('decrypt-worker');
      expectRefused(forge(gateway, { signWith: thief }), /signature/);
    });

    it('refuses any changed signature, header or payload', () => {
      const parts = signer.sign(content).split('.');
      for (const [index, part] of parts.entries()) {
        const bytes = Buffer.from(part, 'base64url');
        bytes[Math.floor(bytes.length / 2)]! ^= 1;
        expectRefused(parts.with(index, bytes.toString('base64url')).join('.'));
      }
    });

    it('refuses a payload re-targeted to another recording under the old signature', () => {
      const [header, , signature] = signer.sign(content).split('.');
      const other = { ...payloadOf(signer.sign(content)), recording: 'recording-2' };
      expectRefused(`${header!}.${base64url(other)}.${signature!}`, /signature/);
    });

    it('refuses it although the genuine grant was seen before', () => {
      const jws = signer.sign(content);
      verifier.verify(jws);
      const [header, , signature] = jws.split('.');
      expectRefused(`${header!}.${base64url({ ...payloadOf(jws), sub: 'mallory' })}.${signature!}`);
    });

    it.each(['none', 'None', 'HS256', 'ES384', 'RS256', '', undefined, ['ES256']])('refuses alg %p', alg => {
      expectRefused(forge(gateway, { header: { alg } }), /header/);
    });

    it('refuses alg none without a signature, and HS256 with the public key as the secret', () => {
      const claims = base64url({ ...content, jti: 'a', iat: now(), exp: now() + 30 });
      const x5c = [derOf(gateway)];
      expectRefused(`${base64url({ alg: 'none', typ: 'rcs-grant+jws', x5c })}.${claims}.`);
      const input = `${base64url({ alg: 'HS256', typ: 'rcs-grant+jws', x5c })}.${claims}`;
      const publicKey = new X509Certificate(gateway.certificatePem).publicKey.export({ format: 'pem', type: 'spki' });
      expectRefused(`${input}.${createHmac('sha256', publicKey).update(input).digest('base64url')}`);
    });

    it('refuses a P-384 key that claims ES256', async () => {
      const strong = await authority.issue('playback-gateway', { curve: 'P-384' });
      expectRefused(forge(strong), /signature/);
      expectRefused(forge(strong, { header: { alg: 'ES384' }, hash: 'sha384' }), /header/);
    });

    it.each(['jwk', 'jku', 'kid'])('takes no key from the header member %s', async member => {
      const thief = await authority.issue('decrypt-worker');
      const jwk = createPrivateKey(thief.keyPem).export({ format: 'jwk' });
      expectRefused(forge(gateway, { signWith: thief, header: { [member]: member === 'jwk' ? jwk : 'http://a' } }));
    });

    it('refuses another type of token', () => {
      expectRefused(forge(gateway, { header: { typ: 'JWT' } }), /header/);
    });

    it('refuses the JSON serialisation, whatever hides in front of it', () => {
      const jws = signer.sign(content);
      const [header, payload, signature] = jws.split('.');
      const flattened = JSON.stringify({ protected: header, payload, signature });
      expectRefused(flattened);
      expectRefused(`{"${header!}.":0,${flattened.slice(1)}`);
    });

    it.each(['', '.', '..', 'a.b.c', 'e30.e30.', 'null', '{}', 'bnVsbA..', 'NQ.NQ.NQ'])('refuses %p', jws => {
      expectRefused(jws);
    });

    it('refuses what is too long before it looks into it', () => {
      expectRefused('a'.repeat(20_000), /20000 characters/);
    });
  });

  describe('for a signer it must not trust', () => {
    it.each(['decrypt-worker', 'key-vault', 'rcsctl'] as const)('refuses the role %s', async role => {
      expectRefused(forge(await authority.issue(role)), new RegExp(`signed by ${role}`));
    });

    it('refuses the right role from a foreign authority of the same name', async () => {
      const foreign = await (await InternalAuthority.create()).issue('playback-gateway');
      expectRefused(forge(foreign), /do not trust/);
    });

    it('refuses a certificate without a role', async () => {
      expectRefused(forge(await authority.issue('playback-gateway', { names: [] })), /do not trust/);
    });

    it('refuses an authority that signs grants itself', async () => {
      expectRefused(forge(await authority.issue('playback-gateway', { isAuthority: true })), /do not trust/);
    });

    it.each([
      ['expired', { notBefore: new Date(Date.now() - 7_200_000), notAfter: new Date(Date.now() - 1000) }],
      ['not yet valid', { notBefore: new Date(Date.now() + 60_000) }],
    ])('refuses a certificate that is %s', async (_, validity) => {
      expectRefused(forge(await authority.issue('playback-gateway', validity)), /do not trust/);
    });

    it('refuses every signer of an authority that has expired', async () => {
      const past = { notBefore: new Date(Date.now() - 7_200_000), notAfter: new Date(Date.now() - 1000) };
      const expired = await InternalAuthority.create(past);
      expectRefused(
        forge(await expired.issue('playback-gateway')),
        /do not trust/,
        new GrantVerifier({ current: expired }),
      );
    });

    it.each<readonly [string, (der: string) => unknown]>([
      ['no x5c', () => undefined],
      ['an empty x5c', () => []],
      ['two certificates', der => [der, der]],
      ['an x5c that is no list', der => der],
      ['an x5c of something else', () => [7]],
      ['a certificate that cannot be read', () => ['AAAA']],
    ])('refuses %s', (_, x5c) => {
      expectRefused(forge(gateway, { header: { x5c: x5c(derOf(gateway)) } }));
    });

    it('refuses everything when it trusts nobody', () => {
      expectRefused(
        signer.sign(content),
        /do not trust/,
        new GrantVerifier({ current: { caPem: Buffer.from('no certificate') } }),
      );
    });
  });

  describe('for content that is not that of a grant', () => {
    it.each<readonly [string, Record<string, unknown>, RegExp]>([
      ['has expired', { iat: now() - 61, exp: now() - 2 }, /expired/],
      ['ends before it begins', { iat: now(), exp: now() - 2 }, /ends before/],
      ['was issued in the future', { iat: now() + 30, exp: now() + 60 }, /future/],
      ['lives too long', { iat: now(), exp: now() + 61 }, /too long/],
      ['lives forever', { iat: now(), exp: Number.MAX_SAFE_INTEGER }, /too long/],
      ['has no end', { exp: undefined }, /content/],
      ['has a text for its end', { exp: String(now() + 30) }, /content/],
      ['has a broken number for its end', { exp: now() + 30.5 }, /content/],
      ['has an extra member', { admin: true }, /content/],
      ['has an extra member in its location', { location: { ...content.location, host: 'a' } }, /content/],
      ['names no recording', { recording: undefined }, /content/],
      ['names an empty user', { sub: '' }, /content/],
      ['has another purpose', { purpose: 'delete' }, /content/],
      ['has another layout', { layout: 'raw' }, /content/],
      ['has a digest in upper case', { envelopeDigest: 'AB'.repeat(32) }, /content/],
      ['has a short digest', { envelopeDigest: 'ab' }, /content/],
    ])('refuses one that %s', (_, payload, why) => {
      expectRefused(forge(gateway, { payload }), why);
    });

    it('refuses one that ends when it begins, or before, although the clock of its signer may be ahead', () => {
      expectRefused(forge(gateway, { payload: { iat: now() + 4, exp: now() + 1 } }), /ends before/);
      const soon = now() + 4;
      expectRefused(forge(gateway, { payload: { iat: soon, exp: soon } }), /ends before/);
    });

    it('refuses one for the vaults of another cluster, and one for any, unless those of before count', () => {
      expectRefused(forge(gateway, { payload: { aud: vaultAudience('other') } }), /for others/);
      const unbound = forge(gateway, { payload: { aud: undefined } });
      expectRefused(unbound, /for which vaults/);
      const tolerant = new GrantVerifier({ current: authority }, { acceptUnbound: true });
      expect(tolerant.verify(unbound)).toMatchObject(content);
      expectRefused(forge(gateway, { payload: { aud: vaultAudience('other') } }), /for others/, tolerant);
      const cluster = new GrantSigner({ current: { ...gateway, cluster: 'other' } }, playbackGrants);
      expectRefused(cluster.sign(content), /for others/);
      const there = new GrantVerifier({ current: { caPem: authority.caPem, cluster: 'other' } });
      expect(there.verify(cluster.sign(content))).toMatchObject(content);
    });

    it('counts in the hands of its holder alone', () => {
      const [mine, theirs] = ['m'.repeat(43), 't'.repeat(43)];
      const grant = verifier.verify(signer.sign({ ...content, ...boundTo(mine) }));
      expect(() => checkHolder(grant, [theirs, mine], false)).not.toThrow();
      expect(() => checkHolder(grant, [theirs], true)).toThrow(/somebody else/);
      expect(() => checkHolder(grant, [], true)).toThrow(/somebody else/);
      const unbound = verifier.verify(signer.sign(content));
      expect(() => checkHolder(unbound, [mine], true)).not.toThrow();
      expect(() => checkHolder(unbound, [mine], false)).toThrow(/who may show/);
    });

    it('refuses what a denied certificate signed', () => {
      const { fingerprint256 } = new X509Certificate(gateway.certificatePem);
      const denied = parseDeniedCertificates(fingerprint256, 'denied');
      const judge = new GrantVerifier({ current: { caPem: authority.caPem, denied } });
      expectRefused(signer.sign(content), /do not trust/, judge);
    });

    it('refuses a remembered grant as soon as it has expired', () => {
      const jws = forge(gateway, { payload: { iat: now(), exp: now() + 30 } });
      verifier.verify(jws);
      jest.useFakeTimers({ now: Date.now() + 31_000, doNotFake: ['performance', 'nextTick', 'setImmediate'] });
      try {
        expectRefused(jws, /expired/);
      } finally {
        jest.useRealTimers();
      }
    });
  });
});
