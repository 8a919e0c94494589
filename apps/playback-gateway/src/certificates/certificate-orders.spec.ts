import { execFileSync } from 'node:child_process';
import { parseCertificatePem } from '#certificates';
import type { RecordingCertificate } from '#store';
import { CertificateOrders } from './certificate-orders.js';

function certificate(alias: string, name: string, serialNumber: number, days: number): RecordingCertificate {
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-noenc', '-keyout', '/dev/null'];
  const more = ['-subj', `/CN=${name}`, '-set_serial', String(serialNumber), '-days', String(days)];
  const pem = execFileSync('openssl', [...request, ...more], { stdio: 'pipe', timeout: 60_000 }).toString();
  const { fingerprint } = parseCertificatePem(pem)[0];
  return { alias, certificate: pem, chain: '', fingerprint, createdAt: '2026-01-01' } as RecordingCertificate;
}

describe(CertificateOrders.name, () => {
  const list = [certificate('a', 'zoe', 10, 30), certificate('b', 'zoe', 9, 10), certificate('c', 'anna', 100, 20)];
  const aliasesOf = (all: readonly RecordingCertificate[]): string => all.map(({ alias }) => alias).join('');

  it.each([
    ['alias', 'abc', 'cba'],
    ['createdAt', 'abc', 'abc'],
    ['issuedTo', 'cab', 'abc'],
    ['serialNumber', 'bac', 'cab'],
    ['expires', 'bca', 'acb'],
  ] as const)('orders by %s', async (column, ascending, descending) => {
    const orders = new CertificateOrders();
    expect(aliasesOf(await orders.of(list, column, false))).toBe(ascending);
    expect(aliasesOf(await orders.of(list, column, true))).toBe(descending);
  });

  it('makes an order once for a list, and anew for another list', async () => {
    const orders = new CertificateOrders();
    const first = await orders.of(list, 'expires', false);
    expect(await orders.of(list, 'expires', false)).toBe(first);
    const shorter = list.slice(1);
    expect(aliasesOf(await orders.of(shorter, 'expires', false))).toBe('bc');
    expect(await orders.of(list, 'expires', false)).toBe(first);
  });

  it('keeps a few orders of a list', async () => {
    const orders = new CertificateOrders();
    const first = await orders.of(list, 'alias', true);
    for (const column of ['issuedTo', 'issuedBy', 'notBefore', 'expires'] as const)
      await orders.of(list, column, false);
    expect(await orders.of(list, 'alias', true)).not.toBe(first);
    expect(await orders.of(list, 'alias', true)).toEqual(first);
  });
});
