import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CertificateAuthority } from '#certificates';
import { roleUri, serviceRoles, type ServiceRole } from '#platform';
import { serviceNames, type ServiceNames } from './service-names.js';

export interface IdentityFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

export interface InternalAuthorityFiles {
  readonly caFile: string;
  /** The identity of every service inside the cluster. */
  readonly services: Readonly<Record<ServiceRole, IdentityFiles>>;
  /** The certificate that players see. */
  readonly server: IdentityFiles;
}

const dayMs = 86_400_000;
const validityDays = 825;

/**
 * The certificates of a cluster on one machine: an authority, one identity per service with its role, and one for the
 * public server. The key of the authority is forgotten when all are issued; nobody can add a service afterwards.
 * @param names DNS names and addresses beside those of this machine
 * @throws ConfigurationError for a name that is neither
 */
export async function internalAuthority(
  directory: string,
  names: readonly string[] = [],
): Promise<InternalAuthorityFiles> {
  const files: InternalAuthorityFiles = {
    caFile: join(directory, 'ca.pem'),
    services: Object.fromEntries(serviceRoles.map(role => [role, identityFiles(directory, role)])) as Record<
      ServiceRole,
      IdentityFiles
    >,
    server: identityFiles(directory, 'public-server'),
  };
  if (!existsSync(files.caFile)) await issueAll(files, serviceNames(names));
  return files;
}

async function issueAll(files: InternalAuthorityFiles, names: ServiceNames): Promise<void> {
  // Certificates count whole seconds, and none may outlive its authority.
  const validUntil = new Date(Math.floor((Date.now() + validityDays * dayMs) / 1000) * 1000);
  const authority = await CertificateAuthority.create({
    commonName: 'Recording Crypto Server internal CA',
    validUntil,
  });
  for (const role of serviceRoles) {
    const issued = await authority.issue({ commonName: role, ...names, uris: [roleUri(role)], validUntil });
    store(files.services[role], issued);
  }
  store(files.server, await authority.issue({ commonName: 'localhost', ...names, uris: [], validUntil }));
  writeFileSync(files.caFile, authority.certificatePem, { mode: 0o644 });
}

function store(
  files: IdentityFiles,
  issued: { readonly certificatePem: string; readonly privateKeyPem: string },
): void {
  writeFileSync(files.certificateFile, issued.certificatePem, { mode: 0o644 });
  writeFileSync(files.keyFile, issued.privateKeyPem, { mode: 0o600 });
}

function identityFiles(directory: string, name: string): IdentityFiles {
  return { certificateFile: join(directory, `${name}.pem`), keyFile: join(directory, `${name}.key`) };
}

/** The authority's certificate, PEM. */
export function readAuthority(files: InternalAuthorityFiles): string {
  return readFileSync(files.caFile, 'utf8');
}

/** The operator of the cluster; a data directory of an older version has none, and nobody can add one. */
export function operatorIdentity({ services }: InternalAuthorityFiles): IdentityFiles | undefined {
  return existsSync(services.operator.certificateFile) ? services.operator : undefined;
}
