import { exampleCertificate } from '../testing/certificate-store.contract.js';
import { CertificateLists } from './certificate-lists.js';

describe(CertificateLists.name, () => {
  const list = (length: number) => Array.from({ length }, (_, index) => exampleCertificate(`${index}`));

  it('knows a list of the version it was read at, of its contact center alone', () => {
    const lists = new CertificateLists();
    const certificates = list(2);
    lists.keep('cc-1', 'a', certificates);
    expect(lists.at('cc-1', 'a')).toBe(certificates);
    expect(lists.at('cc-1', 'b')).toBeUndefined();
    expect(lists.at('cc-2', 'a')).toBeUndefined();
    lists.keep('cc-1', 'b', []);
    expect(lists.at('cc-1', 'a')).toBeUndefined();
    expect(lists.at('cc-1', 'b')).toEqual([]);
  });

  it('keeps 20,000 certificates at most, those that were read last', () => {
    const lists = new CertificateLists();
    for (const contactCenter of ['cc-1', 'cc-2', 'cc-3']) lists.keep(contactCenter, 'a', list(9000));
    expect(['cc-1', 'cc-2', 'cc-3'].map(one => lists.at(one, 'a')?.length)).toEqual([undefined, 9000, 9000]);
    lists.keep('cc-4', 'a', list(20_001));
    expect(['cc-2', 'cc-3', 'cc-4'].map(one => lists.at(one, 'a')?.length)).toEqual([undefined, undefined, undefined]);
    lists.keep('cc-1', 'b', list(1));
    expect(lists.at('cc-1', 'b')).toHaveLength(1);
  });
});
