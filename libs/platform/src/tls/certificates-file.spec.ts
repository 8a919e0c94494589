import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onlyCertificateIn } from './certificates-file.js';

describe(onlyCertificateIn.name, () => {
  const directory = mkdtempSync(join(tmpdir(), 'rcs-certificates-file-'));
  const at = (name: string): string => join(directory, name);
  let authority: string;
  let issued: string;
  let intermediate: string;
  let ofIntermediate: string;
  let other: string;

  const make = (name: string, subject: string, ...more: readonly string[]): string => {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-keyout', at(`${name}.key`)];
    const args = ['req', '-x509', ...key, '-subj', `/CN=${subject}`, '-out', at(`${name}.pem`), ...more];
    execFileSync('openssl', args, { stdio: 'ignore' });
    return readFileSync(at(`${name}.pem`), 'utf8');
  };
  beforeAll(() => {
    authority = make('authority', 'Authority');
    issued = make('issued', 'Olga', '-CA', at('authority.pem'), '-CAkey', at('authority.key'));
    const ofAuthority = ['-CA', at('authority.pem'), '-CAkey', at('authority.key')];
    intermediate = make('intermediate', 'Intermediate', ...ofAuthority, '-addext', 'keyUsage=keyCertSign');
    const signed = ['-CA', at('intermediate.pem'), '-CAkey', at('intermediate.key')];
    ofIntermediate = make('of-intermediate', 'Irma', ...signed);
    // As somebody does who makes certificates from the same line: the names are no help.
    other = make('other', 'Authority');
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const subjectIn = (text: string): string => onlyCertificateIn(Buffer.from(text), 'option', 'file').subject;

  it('is the first, where those behind it are its chain in any order', () => {
    expect([subjectIn(issued), subjectIn(issued + authority), subjectIn(authority)]).toEqual([
      'CN=Olga',
      'CN=Olga',
      'CN=Authority',
    ]);
    expect(subjectIn(ofIntermediate + intermediate + authority)).toBe('CN=Irma');
    // So does OpenSSL write those of some PKCS #12 files.
    expect(subjectIn(ofIntermediate + authority + intermediate)).toBe('CN=Irma');
  });

  it.each<readonly [string, number, () => string]>([
    ['another one', 2, () => authority + issued],
    ['another one of the same name', 2, () => authority + other],
    ['an authority of the name of its own', 2, () => issued + other],
    ['another one behind the chain', 4, () => ofIntermediate + intermediate + authority + issued],
    ['another one of the same authority', 2, () => issued + ofIntermediate + authority],
    ['an authority without the one between', 2, () => ofIntermediate + authority],
  ])('takes none silently in the place of %s', (_, number, text) => {
    expect(() => subjectIn(text())).toThrow(
      `option option: certificate ${number} of file issued neither the first nor an issuer of it: ` +
        'a chain has to be whole, and any other certificate named in a file of its own',
    );
  });
});
