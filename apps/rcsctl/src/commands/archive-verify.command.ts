import type { Command } from 'commander';
import type { VerifiedArchive, VerifiedTimeStamp } from '#archive';
import { CertificateTrust } from '#grants';
import { ArchiveFile } from '../archive/archive-file.js';
import { isErased, removedSince, type RemovedSince } from '../archive/removed-since.js';
import { stampedSignature } from '../archive/stamped-signature.js';
import { ofVault } from '../archive/vault-signature.js';
import { verifyAuditProofs, type ProvedByAudit } from '../archive/verify-audit-proofs.js';
import { readAuthorities } from '../configuration/authorities.js';
import { print } from '../terminal/print.js';

/** `rcsctl archive verify`. */
export function verifyCommand(archive: Command): void {
  archive
    .command('verify')
    .description('check an archive with nothing but its file; exit status 1 when it is not whole')
    .argument('<file>', 'the archive')
    .requiredOption('--ca <file>', 'internal authority (PEM) of the cluster that made it')
    .option('--tsa-ca <file>', 'authorities (PEM) of the time-stamping authority: without its time stamp it fails')
    .option('--ledger <file>', 'ledger of removals of the gateways: where recordings were erased since, it fails')
    .option('--json', 'JSON for programs')
    .action(verify);
}

interface VerifyOptions {
  readonly ca: string;
  readonly tsaCa?: string;
  readonly ledger?: string;
  readonly json?: boolean;
}

async function verify(file: string, { ca, tsaCa, ledger, json }: VerifyOptions): Promise<void> {
  const archive = await ArchiveFile.open(file);
  try {
    const verified = await ofVault(archive, ca);
    const proved = await verifyAuditProofs(archive, verified, new CertificateTrust(readAuthorities('--ca', ca)));
    const stamp = tsaCa === undefined ? undefined : stampedSignature(verified, tsaCa);
    const { manifest, signedAt } = verified;
    const removed = ledger === undefined ? undefined : await removedSince(manifest, ledger);
    const about = { ...manifest, members: manifest.members.length, signedAt: signedAt.toISOString() };
    const stamped = stamp === undefined ? {} : { stamped: { ...stamp, time: stamp.time.toISOString() } };
    const found = { ...about, ...stamped, proved, ...(removed === undefined ? {} : { removed }) };
    print(json === true, found, () =>
      [verifiedText(file, verified, proved, stamp), ...(removed ?? []).map(removedText)].join('\n'),
    );
    if (removed?.some(isErased) === true) process.exitCode = 1;
  } finally {
    await archive.close();
  }
}

function verifiedText(
  file: string,
  { manifest, signedAt }: VerifiedArchive,
  { records, insertions, request }: ProvedByAudit,
  stamp?: VerifiedTimeStamp,
): string {
  const { id, contactCenter, requestedBy, requestedAt, reason, recordings, mediaFiles, leftOut } = manifest;
  return [
    `${file} is whole: archive ${id} of ${contactCenter}, ${recordings} recordings, ${mediaFiles} media files`,
    `${JSON.stringify(requestedBy.user)} asked for it at ${requestedAt}: ${JSON.stringify(reason)}`,
    `a key vault signed its manifest at ${signedAt.toISOString()}`,
    `its audit: the request is ${request ? '' : 'not '}proved, and ${records} records, the insertion of ${insertions} recordings among them`,
    ...stampText(manifest.timeStamp, stamp),
    ...leftOut.map(
      ({ recording, mediaFile = 'the recording', code, reason: why }) =>
        `left out: ${JSON.stringify(mediaFile)} of ${JSON.stringify(recording)}: ${code}, ${why}`,
    ),
  ].join('\n');
}

const removedText = ({ recordingId, mediaId, kind, time }: RemovedSince): string =>
  `${kind} since: ${mediaId === undefined ? '' : `${JSON.stringify(mediaId)} of `}${JSON.stringify(recordingId)}, at ${time}`;

function stampText(state: VerifiedArchive['manifest']['timeStamp'], stamp: VerifiedTimeStamp | undefined): string[] {
  if (stamp !== undefined)
    return [`${stamp.authority} vouches for that: the signature was there at ${stamp.time.toISOString()}`];
  if (state === undefined) return [];
  return [
    state === 'missing'
      ? 'its time stamp is missing: the time-stamping authority gave none'
      : 'its time stamp was not looked at: name the authorities that vouch for it with --tsa-ca',
  ];
}
