import { readFileSync } from 'node:fs';
import { GenesysCloud, type HawkCredential } from '#test/local-key-manager/genesys-cloud.js';
import { answerOf } from '#test/waiting/wait-for.js';
import { octets } from '../media/der.js';
import type { KeyPairs } from '../media/key-pairs.js';
import { makeCertificate, type MadeCertificate } from '../media/made-certificate.js';
import {
  encryptContent,
  layouts,
  newSecret,
  recipientForms,
  seal,
  streamChunkBytes,
  type Layout,
  type Recipient,
  type RecipientForm,
} from '../media/sealed-media.js';
import { waveFile } from '../media/wave.js';
import type { Caller } from '../world/caller.js';
import { mediaFileOf, type PropertyContactCenter } from '../world/contact-center.js';
import type { PropertyCluster } from '../world/property-cluster.js';
import type { Random } from '../world/random.js';
import { sideBySide } from '../world/side-by-side.js';

export interface WallRecording {
  readonly id: string;
  readonly leaf: string;
  readonly playPath: string;
  /** Where the stored file lies. */
  readonly path: string;
  readonly mediaFile: object;
  readonly layout: Layout;
  readonly plaintext: Buffer;
  readonly sessionKey: Buffer;
  /** Of attached media, as the file has it without its content. */
  readonly envelopeOfFile: Buffer | undefined;
}

export interface WallCertificate {
  readonly alias: string;
  readonly certificate: MadeCertificate;
}

export interface LocalKeyPair {
  readonly id: string;
  /** PKCS#1, base64. */
  readonly publicKey: string;
}

/** A contact center with one of everything that it can have. All its names begin with `prefix`. */
export interface Side {
  readonly prefix: string;
  readonly contactCenter: PropertyContactCenter;
  readonly admin: Caller;
  readonly supervisor: Caller;
  readonly agent: Caller;
  readonly keyAdministrator: Caller;
  readonly certificates: readonly WallCertificate[];
  readonly profile: string;
  /** Every layout and form of recipients, played again and again. */
  readonly recordings: readonly WallRecording[];
  /** Played by turns, so seldom that no worker remembers them. */
  readonly seldomPlayed: readonly WallRecording[];
  readonly hawk: HawkCredential;
  readonly genesys: GenesysCloud;
  readonly keyPair: LocalKeyPair;
  readonly session: string;
  readonly rewrap: string;
  /** Done, with one part. */
  readonly archiveJob: string;
  /** Its one part, as an archive that keys are kept for. */
  readonly keptArchive: string;
  /** Defined, and on every third recording. */
  readonly label: string;
  /** A key of the token that waits for its certificate. */
  readonly generatedKey: string;
}

export interface SideWishes {
  readonly prefix: string;
  readonly cluster: PropertyCluster;
  readonly contactCenter: PropertyContactCenter;
  readonly pairs: KeyPairs;
  readonly random: Random;
  readonly seldomPlayed: number;
}

/** What the people of the local key manager send along, and its request log shows. */
export const userIdOf = (prefix: string): string => `${prefix}-user-id`;

export async function buildSide({
  prefix,
  cluster,
  contactCenter,
  pairs,
  random,
  ...wishes
}: SideWishes): Promise<Side> {
  const privileges = await knownPrivileges(cluster);
  const admin = await contactCenter.addPerson(`${prefix}-admin`, { roles: ['admin'], privileges });
  const supervisor = await contactCenter.addPerson(`${prefix}-supervisor`, {
    roles: ['supervisor'],
    privileges: ['decrypt-recording'],
  });
  const agentHierarchy = `/${prefix}/agent`;
  const agent = await contactCenter.addPerson(`${prefix}-agent`, { roles: ['agent'], agentHierarchy });
  const keyAdministrator = await contactCenter.addPerson(`${prefix}-keys`, {
    roles: ['supervisor'],
    privileges: ['administer-certificates'],
  });

  const certificates = [1, 2, 3].map(number => ({
    alias: `${prefix}-cert-${number}`,
    certificate: makeCertificate({ pair: pairs.take(), name: `${prefix}-issuer-${number}` }),
  }));
  for (const { alias, certificate } of certificates) {
    const { status, body } = await contactCenter.upload(admin, alias, certificate);
    if (status !== 201) throw new Error(body.toString());
  }
  const profile = `${prefix}-profile`;
  const aliases = certificates.map(({ alias }) => alias);
  await admin.must('PUT', `/rcs/ivr-profiles/${profile}/certificates`, { aliases: aliases.slice(0, 2) });
  await admin.must('PUT', '/rcs/screen-recording-certificates', { aliases: aliases.slice(0, 1) });
  await admin.must('PUT', '/api/v2/settings/cross-origin', { allowedOrigins: [`https://${prefix}.example.org`] });
  const prefixed = { name: 'decrypt-uri-prefix', location: `/${prefix}`, value: `https://${prefix}.example.org/rcs` };
  await admin.must('POST', '/api/v2/settings/screen-recording', prefixed);

  const make = recordingMaker({ prefix, cluster, contactCenter, random }, certificates);
  const forms = layouts.flatMap<[Layout, RecipientForm]>(layout =>
    layout === 'plain' ? [[layout, 'several']] : recipientForms.map<[Layout, RecipientForm]>(form => [layout, form]),
  );
  const encrypted = forms.filter(([layout]) => layout !== 'plain');
  const recordings = await sideBySide(forms, 4, (each, index) => make(`rec-${index + 1}`, ...each));
  const turns = Array.from({ length: wishes.seldomPlayed }, (_, index) => encrypted[index % encrypted.length]!);
  const seldomPlayed = await sideBySide(turns, 8, (each, index) => make(`seldom-${index + 1}`, ...each));

  const label = `${prefix}-label`;
  await admin.must('POST', '/api/v2/recording-label-definitions', { name: label });
  for (const { id } of recordings.filter((_, index) => index % 3 === 0)) {
    await admin.must('POST', `/api/v2/recordings/${id}/labels`, { name: label });
    await admin.must('POST', `/api/v2/recordings/${id}`, { operationName: 'applyNonDelete' });
  }

  const hawk = await admin.must<HawkCredential>('POST', '/rcs/local-key-manager/credentials', { id: `${prefix}-hawk` });
  const headers = { 'purecloud-user-id': userIdOf(prefix) };
  const genesys = new GenesysCloud(cluster.door.url, readFileSync(cluster.ready.caFile, 'utf8'), hawk);
  const keyPair = (await genesys.call('POST', '/key-management/v1/keypair', { headers })).json() as LocalKeyPair;
  const { session } = await admin.must<{ session: { id: string } }>('POST', '/api/v2/sessions', {});
  await admin.must('POST', '/rcs/keys', { alias: `${prefix}-generated`, size: 2048 });
  const rewrap = await finishedRewrap(admin, aliases[2]!, aliases[0]!);
  const { job: archiveJob, archive: keptArchive } = await finishedArchive(admin, prefix, recordings[0]!.id);
  return {
    ...{ prefix, contactCenter, admin, supervisor, agent, keyAdministrator, certificates, profile },
    ...{ recordings, seldomPlayed, label, hawk, genesys, keyPair, rewrap, archiveJob, keptArchive },
    session: session.id,
    generatedKey: `${prefix}-generated`,
  };
}

/** All that can be given, also what comes later. */
async function knownPrivileges({ ops }: PropertyCluster): Promise<string[]> {
  const { privileges } = await ops.must<{ privileges: { name: string }[] }>('GET', '/rcs/roles');
  return privileges.map(({ name }) => name);
}

type Grounds = Pick<SideWishes, 'prefix' | 'cluster' | 'contactCenter' | 'random'>;

function recordingMaker({ prefix, cluster, contactCenter, random }: Grounds, certificates: readonly WallCertificate[]) {
  return async (name: string, layout: Layout, form: RecipientForm): Promise<WallRecording> => {
    const [first, second] = certificates.map(({ certificate }) => certificate) as [MadeCertificate, MadeCertificate];
    const recipients: Recipient[] =
      form === 'several'
        ? [first, second].map(certificate => ({ certificate, by: 'issuer-and-serial' }))
        : [{ certificate: form === 'key-identifier' ? second : first, by: form }];
    const plaintext = waveFile(random, 3000 + random.below(3000), `${prefix}-media-${name} `);
    const secret = newSecret();
    const sealed = seal(plaintext, layout, recipients, secret);
    const [id, path] = [`${prefix}-${name}`, `${prefix}-${name}.wav`];
    await cluster.files.put(path, sealed.stored);
    const mediaFile = mediaFileOf(path, sealed, {
      callUUID: `${prefix}-call`,
      ivrprofile: `${prefix}-profile`,
      parameters: { agentId: `${prefix}-agent`, note: `${prefix}-note` },
    });
    const recording = contactCenter.insertion(id, [mediaFile], { callerPhoneNumber: `${prefix}-caller` });
    const inserted = await contactCenter.mustInsert(recording);
    const playPath = inserted.playPaths[0]!;
    return {
      id,
      path,
      mediaFile,
      layout,
      plaintext,
      sessionKey: secret.sessionKey,
      envelopeOfFile: envelopeOfFile(layout, sealed.stored, encryptContent(plaintext, secret)),
      playPath,
      leaf: playPath.split('/').at(-1)!,
    };
  };
}

/** Everything before the content is the envelope that grants name. */
function envelopeOfFile(layout: Layout, stored: Buffer, ciphertext: Buffer): Buffer | undefined {
  if (layout !== 'attached' && layout !== 'attached-stream') return undefined;
  const content = stored.indexOf(ciphertext.subarray(0, 64));
  const segment = ciphertext.subarray(0, streamChunkBytes);
  const segmentHeader = layout === 'attached' ? 0 : octets(segment).length - segment.length;
  return stored.subarray(0, content - segmentHeader);
}

async function finishedRewrap(admin: Caller, from: string, to: string): Promise<string> {
  const { id } = await admin.must<{ id: string }>('POST', `/rcs/certificates/${from}/rewrap`, { to });
  const run = (): Promise<{ state: string }> => admin.must('GET', `/rcs/rewraps/${id}`);
  await answerOf('the end of the rewrap', run, ({ state }) => state !== 'running', { patienceMs: 300_000 });
  return id;
}

/** And a schedule, which makes none while the property runs. */
async function finishedArchive(admin: Caller, prefix: string, recording: string) {
  const destination = { path: `${prefix}-archives` };
  const reason = `${prefix}-archive`;
  const at = new Date(Date.now() - 3_600_000).toISOString().slice(11, 16);
  await admin.must('PUT', '/rcs/archive-schedule', { at, reason, destination });
  const asked = { recordings: [recording], reason, destination };
  const { id } = await admin.must<{ id: string }>('POST', '/rcs/archive-jobs', asked);
  const job = (): Promise<{ state: string; parts: { archive: string }[] }> =>
    admin.must('GET', `/rcs/archive-jobs/${id}`);
  const isDone = ({ state }: { state: string }): boolean => state === 'done';
  const { parts } = await answerOf('the end of the archive job', job, isDone, { patienceMs: 60_000 });
  return { job: id, archive: parts[0]!.archive };
}
