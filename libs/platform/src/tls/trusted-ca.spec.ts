import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { ConfigurationError } from '../configuration/configuration-error.js';
import { trustedCaOptions } from './trusted-ca.js';

describe(trustedCaOptions.name, () => {
  const directory = mkdtempSync(join(tmpdir(), 'rcs-trusted-ca-'));
  const file = join(directory, 'ca.pem');
  const option = 'tracing.otlpTrustedCA';
  let [ours, other] = ['', ''];
  beforeAll(async () => {
    const authorities = [await InternalAuthority.create(), await InternalAuthority.create()];
    [ours = '', other = ''] = authorities.map(({ caPem }) => caPem.toString());
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it('trusts the system, everybody, or those in a file', () => {
    expect(trustedCaOptions(option, true)).toEqual({ rejectUnauthorized: true });
    expect(trustedCaOptions(option, false)).toEqual({ rejectUnauthorized: false });
    writeFileSync(file, `${ours.trimEnd()}${other}`);
    expect(trustedCaOptions(option, file)).toEqual({ rejectUnauthorized: true, ca: Buffer.from(`${ours}${other}`) });
  });

  it.each<readonly [string, () => string]>([
    ['empty', () => ''],
    ['no PEM, such as a keystore', () => '\u00fe\u00ed\u00fe\u00ed'],
    ['a key', () => '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n'],
    ['cut off in the first', () => ours.slice(0, 200)],
    ['cut off in the second', () => `${ours}${other.slice(0, 200)}`],
  ])('refuses a file that is %s: nobody would be trusted', (_, content) => {
    writeFileSync(file, content(), 'latin1');
    const attempt = (): unknown => trustedCaOptions(option, file);
    expect(attempt).toThrow(ConfigurationError);
    expect(attempt).toThrow(`option ${option}: `);
    expect(attempt).toThrow(file);
  });
});
