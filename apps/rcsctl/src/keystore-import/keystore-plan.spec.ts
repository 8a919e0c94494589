import { readKeystore, type Keystore } from '#certificates';
import { OpenSsl } from '#test/openssl/openssl.js';
import { planImport } from './keystore-plan.js';

describe(planImport.name, () => {
  const openssl = new OpenSsl();
  afterAll(() => openssl.remove());

  /** A keystore with one key under this name. */
  function keystoreOf(alias: string, serial: number): Keystore {
    const [key, certificate, store] = [`${serial}.key`, `${serial}.pem`, `${serial}.p12`];
    const made = ['-newkey', 'rsa:2048', '-noenc', '-keyout', key, '-out', certificate, '-set_serial', String(serial)];
    openssl.run('req', '-x509', ...made, '-subj', '/CN=Recording');
    const pair = ['-inkey', key, '-in', certificate, '-name', alias];
    openssl.run('pkcs12', '-export', '-out', store, '-passout', 'pass:storepwd', ...pair);
    return readKeystore(openssl.read(store), 'storepwd');
  }

  it('refuses the second of two entries of one name', () => {
    const [first, second] = [keystoreOf('twice', 1), keystoreOf('twice', 2)];
    const planned = planImport({
      keystore: { ...first, entries: [...first.entries, ...second.entries] },
      presentKeys: [[]],
      only: [],
      renamed: new Map(),
      openKey: entry => entry.openPrivateKey(),
      now: new Date(),
    });
    expect(planned.map(({ action, reason }) => [action, reason?.code])).toEqual([
      ['import', undefined],
      ['refused', 'ALIAS_TWICE'],
    ]);
  });
});
