import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandResult } from '#test/cluster/rcsctl.js';
import { openssl } from '../../e2e/external-tools.js';
import type { MadeCertificate } from '../media/made-certificate.js';
import type { PropertyCluster } from '../world/property-cluster.js';

/** How operators bring a key that was made elsewhere. */
export const importForms = ['key', 'keystore'] as const;
export type ImportForm = (typeof importForms)[number];

export interface ImportedPair {
  readonly contactCenter: string;
  readonly alias: string;
  readonly certificate: MadeCertificate;
  readonly form: ImportForm;
}

/** `rcsctl import-key` from PEM, or `rcsctl import-keystore` from what openssl wrote. */
export async function importPair(
  cluster: PropertyCluster,
  { contactCenter, alias, certificate, form }: ImportedPair,
): Promise<CommandResult> {
  const place = join(cluster.work, 'recorder', contactCenter, alias);
  const [key, pem] = [`${place}.key`, `${place}.pem`];
  await writeFile(key, certificate.pair.privateKey.export({ format: 'pem', type: 'pkcs8' }));
  await writeFile(pem, certificate.pem);
  const command =
    form === 'key'
      ? ['import-key', '--key', key, '--certificate', pem, '--alias', alias]
      : ['import-keystore', ...(await keystore(place, alias, [key, pem])), '--yes', '--json'];
  return cluster.rcsctl([...command, '--contact-center', contactCenter]);
}

async function keystore(place: string, alias: string, [key, pem]: readonly [string, string]): Promise<string[]> {
  const [file, password] = [`${place}.p12`, `${place}.password`];
  await writeFile(password, 'keystore');
  const names = ['-name', alias, '-passout', `file:${password}`];
  await openssl('pkcs12', '-export', '-inkey', key, '-in', pem, ...names, '-out', file);
  return [file, '--password-file', password];
}
