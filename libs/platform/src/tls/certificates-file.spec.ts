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
    // As somebody does who makes certificates from the same line: the names are no help.
    other = make('other', 'Authority');
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const subjectIn = (text: string): string => onlyCertificateIn(Buffer.from(text), 'option', 'file').subject;

  it('is the first, where those behind it issued it', () => {
    expect([subjectIn(issued), subjectIn(issued + authority), subjectIn(authority)]).toEqual([
      'CN=Olga',
      'CN=Olga',
      'CN=Authority',
    ]);
  });

  it.each<readonly [string, () => string]>([
    ['another one', () => authority + issued],
    ['another one of the same name', () => authority + other],
    ['an authority of the name of its own', () => issued + other],
  ])('takes none silently in the place of %s', (_, text) => {
    expect(() => subjectIn(text())).toThrow('option option: certificate 2 of file did not issue the one before it');
  });
});
