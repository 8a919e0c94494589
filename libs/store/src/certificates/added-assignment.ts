import type { AddedAssignment } from './certificate-store.js';
import type { CertificateAssignment, RecordingCertificate } from './recording-certificate.js';
import { targetKey } from './target-key.js';

/** The assignment with the certificate behind those that are there; undefined where it is among them. */
export function withAlso(
  present: readonly CertificateAssignment[],
  { contactCenter, alias }: Pick<RecordingCertificate, 'contactCenter' | 'alias'>,
  { target, origin }: AddedAssignment,
): CertificateAssignment | undefined {
  const assignment = present.find(one => targetKey(one.target) === targetKey(target));
  const aliases = assignment?.aliases ?? [];
  if (aliases.includes(alias)) return undefined;
  return { contactCenter, target, aliases: [...aliases, alias], changedAt: origin.at, changedBy: origin.by };
}
