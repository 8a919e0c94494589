import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MadeAuthority, type CertificateRequest } from '#test/openssl/made-authority.js';
import { OpenSsl } from '#test/openssl/openssl.js';
import { StampingAuthority, type StampingOptions } from '#test/time-stamps/stamping-authority.js';
import { TimeStampRefused } from './time-stamp-refused.js';
import { timeStampRequest } from './time-stamp-request.js';
import { verifyTimeStamp } from './verify-time-stamp.js';

const stamped = Buffer.from('the signature of a manifest');
const purpose = 'extendedKeyUsage=critical,timeStamping';

describe(verifyTimeStamp.name, () => {
  const openssl = new OpenSsl();
  const made = new MadeAuthority(openssl);
  const started: StampingAuthority[] = [];
  const file = (name: string): string => join(openssl.directory, name);

  beforeAll(() => {
    made.authority('root');
    made.authority('middle', 'root');
    made.authority('other');
    stamper('stamper');
  });
  afterAll(() => {
    for (const authority of started) authority.close();
    openssl.remove();
  });

  function stamper(name: string, more: Partial<CertificateRequest> = {}): void {
    made.certificate({ name, issuer: 'middle', extensions: [purpose, 'keyUsage=digitalSignature'], ...more });
  }

  /** The answer of an authority with the certificate of this name, of which OpenSSL takes what it may not, too. */
  async function answerOf(name: string, settings: StampingOptions['settings'] = {}, bytes = stamped) {
    const files = { certificate: file(`${name}.pem`), key: file(`${name}.key`), chain: file('middle.pem') };
    const authority = new StampingAuthority({ ...files, settings });
    started.push(authority);
    const request = timeStampRequest(bytes);
    return { request, response: await authority.reply(request.encoded) };
  }

  const authorities = () => [made.get('root')];
  const refusal = (response: Buffer, more: object = {}): string => {
    try {
      verifyTimeStamp(response, { stamped, authorities: authorities(), ...more });
    } catch (error) {
      expect(error).toBeInstanceOf(TimeStampRefused);
      return (error as Error).message;
    }
    return 'none';
  };

  it('says who vouches for the bytes, and when they were there, as OpenSSL does', async () => {
    const { request, response } = await answerOf('stamper');
    const found = verifyTimeStamp(response, { stamped, nonce: request.nonce, authorities: authorities() });
    expect(found).toMatchObject({ authority: 'CN=stamper', policy: '1.2.3.4.1', serialNumber: '02' });
    expect(Math.abs(found.time.getTime() - Date.now())).toBeLessThan(60_000);
    writeFileSync(file('stamped'), stamped);
    writeFileSync(file('response'), response);
    const verify = ['ts', '-verify', '-in', file('response'), '-data', file('stamped'), '-CAfile', file('root.pem')];
    expect(execFileSync('openssl', verify, { encoding: 'utf8', stdio: 'pipe' })).toContain('Verification: OK');
  });

  it.each<[string, Partial<CertificateRequest>, StampingOptions['settings']]>([
    ['an elliptic curve', { key: ['ec', '-pkeyopt', 'ec_paramgen_curve:P-384'] }, { signer_digest: 'sha384' }],
    ['a longer hash', {}, { signer_digest: 'sha512', ess_cert_id_alg: 'sha512' }],
    ['the older name of a certificate', {}, { ess_cert_id_alg: 'sha1' }],
  ])('takes those that are signed with %s', async (name, certificate, settings) => {
    const own = name.replaceAll(' ', '-');
    stamper(own, certificate);
    const { response } = await answerOf(own, settings);
    expect(verifyTimeStamp(response, { stamped, authorities: authorities() }).authority).toBe(`CN=${own}`);
  });

  it('refuses the stamp of other bytes, and the answer to another request', async () => {
    const { response } = await answerOf('stamper');
    expect(refusal(response, { stamped: Buffer.from('other bytes') })).toBe('it is of something else');
    expect(refusal(response, { nonce: timeStampRequest(stamped).nonce })).toBe('it answers another request');
  });

  it('refuses an authority that nobody of the trusted ones vouches for, and one that had ended or not begun', async () => {
    const { response } = await answerOf('stamper');
    expect(refusal(response, { authorities: [made.get('other')] })).toContain('root');
    expect(refusal(response, { authorities: [] })).not.toBe('none');
    stamper('ended', { notAfter: '20251231235959Z' });
    expect(refusal((await answerOf('ended')).response)).toContain('expired at 2025-12-31');
    stamper('later', { notBefore: '20400101000000Z' });
    expect(refusal((await answerOf('later')).response)).toContain('not valid before');
  });

  it('refuses every bit of what is signed that was changed, and whatever was cut off or appended', async () => {
    const { response } = await answerOf('stamper');
    const content = response.indexOf(Buffer.from('060b2a864886f70d0109100104', 'hex'));
    for (let at = content; at < content + 150; at++) {
      const changed = Buffer.from(response);
      changed[at]! ^= 1;
      expect([at, refusal(changed)]).not.toEqual([at, 'none']);
    }
    for (const length of [0, 1, 100, response.length - 1])
      expect(refusal(response.subarray(0, length))).not.toBe('none');
    expect(refusal(Buffer.concat([response, Buffer.of(5, 0)]))).not.toBe('none');
  });

  it('says why an authority gave none', async () => {
    const { response } = await answerOf('stamper', { digests: 'sha512' });
    expect(refusal(response)).toContain(
      'the authority gave none: status 2, "Message digest algorithm is not supported',
    );
  });
});
