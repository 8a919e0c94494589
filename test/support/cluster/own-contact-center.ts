import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { hashPassword } from '#accounts';
import type { User } from '#store';
import { demoPeople } from '../../../apps/rcsctl/src/quickstart/demo-people.js';
import { demoRecordings, type DemoRecording } from '../../../apps/rcsctl/src/quickstart/demo-recordings.js';
import { makeRecordingCertificate } from '../../../apps/rcsctl/src/quickstart/recording-certificate.js';
import { GatewayClient } from '../../../apps/rcsctl/src/gateway-client/gateway-client.js';
import { withClusterStore } from './cluster-store.js';
import { rcsctl } from './rcsctl.js';
import type { ReadyLine } from './running-cluster.js';

const repository = join(__dirname, '../../..');
const alias = 'demo';

type ClusterEnvironment = Readonly<Record<string, string>>;

/**
 * What the quickstart makes of an empty cluster, once more beside what is there: a contact center with the people of the
 * demo, its certificate under the same alias, its recordings, and a folder of the storage for its files.
 * @param environment the variables that the cluster was started with
 */
export async function ownContactCenter(
  ready: ReadyLine,
  work: string,
  environment: ClusterEnvironment = {},
): Promise<ReadyLine> {
  const contactCenter = randomUUID();
  const folder = `${contactCenter}/`;
  await makeFolder(ready.webdav, folder);
  const users = await addPeople(ready.dataDir, contactCenter, environment);
  const certificate = await importCertificate(ready, contactCenter, work, environment);
  const recordings = await record(ready, { contactCenter, folder, users, certificate });
  const own = {
    ...ready,
    ...{ contactCenter, users, recordings, certificates: [certificate], webdav: { ...ready.webdav, folder } },
  };
  return { ...own, commandLine: commandLineOf(own, work) };
}

async function makeFolder({ url, user, password }: ReadyLine['webdav'], folder: string): Promise<void> {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const signal = AbortSignal.timeout(60_000);
  const { status } = await fetch(`${url}/${folder}`, { method: 'MKCOL', headers: { authorization }, signal });
  if (status !== 201) throw new Error(`the storage answered MKCOL with ${status}`);
}

/** A name is one person's in all contact centers. */
function addPeople(
  dataDirectory: string,
  contactCenter: string,
  environment: ClusterEnvironment,
): Promise<ReadyLine['users']> {
  return withClusterStore(dataDirectory, environment, async store => {
    await store.contactCenters.put({ id: contactCenter, name: `Contact center ${contactCenter}` });
    const users: ReadyLine['users'][number][] = [];
    for (const { name: person, ...rights } of demoPeople) {
      const name = ownName(person, contactCenter);
      const password = randomBytes(24).toString('base64url');
      const user = { ...rights, name, enabled: true, contactCenter, passwordHash: await hashPassword(password) };
      await store.users.put(user satisfies Omit<User, 'version'>);
      users.push({ name, person, password, roles: rights.roles });
    }
    return users;
  });
}

const ownName = (person: string, contactCenter: string): string => `${person}-${shortOf(contactCenter)}`;
const shortOf = (contactCenter: string): string => contactCenter.replaceAll('-', '').slice(0, 12);

async function importCertificate(
  ready: ReadyLine,
  contactCenter: string,
  work: string,
  environment: ClusterEnvironment,
) {
  const { certificatePem, privateKeyPem } = await makeRecordingCertificate('Genesys Recording');
  const [file, key] = [join(work, 'recording-certificate.pem'), join(work, 'recording-certificate.key')];
  writeFileSync(file, certificatePem);
  writeFileSync(key, privateKeyPem);
  const pair = ['--certificate', file, '--key', key, '--contact-center', contactCenter, '--alias', alias];
  const { status, stderr } = await rcsctl(repository, ready.dataDir, ['import-key', ...pair], environment);
  if (status !== 0) throw new Error(stderr);
  return { alias, file };
}

interface Recorder {
  readonly contactCenter: string;
  readonly folder: string;
  readonly users: ReadyLine['users'];
  readonly certificate: { readonly alias: string; readonly file: string };
}

async function record(ready: ReadyLine, { users, certificate, ...place }: Recorder): Promise<DemoRecording[]> {
  const caPem = readFileSync(ready.caFile, 'utf8');
  const [listener, agent] = [users[0]!, users.find(({ roles }) => roles.includes('agent'))!];
  const client = ({ name, password }: { name: string; password: string }) =>
    new GatewayClient({ url: ready.gateway, caPem, userName: name, password });
  const [recorder, player] = [client(ready.ops), client(listener)];
  try {
    return await demoRecordings({
      media: join(repository, 'test/fixtures'),
      contactCenter: place.contactCenter,
      series: shortOf(place.contactCenter).toUpperCase(),
      agent: agent.name,
      directory: place.folder,
      recorder,
      player,
      webdav: ready.webdav,
      certificate: { alias, pem: readFileSync(certificate.file, 'utf8') },
    });
  } finally {
    await recorder.close();
    await player.close();
  }
}

/** What `rcsctl` is told: everything of the cluster, and whom it works for. */
function commandLineOf({ dataDir, contactCenter, users }: ReadyLine, work: string): string {
  const {
    serverSettings,
    rcsctl: own,
    ...rest
  } = parse(readFileSync(join(dataDir, 'rcsctl.yaml'), 'utf8')) as {
    serverSettings: object;
    rcsctl: { gateway: object };
  };
  const { name, password } = users[0]!;
  const [file, passwordFile] = [join(work, 'rcsctl.yaml'), join(work, 'rcsctl.password')];
  writeFileSync(passwordFile, password);
  const gateway = { ...own.gateway, userName: name, password: { file: passwordFile } };
  const values = {
    ...rest,
    serverSettings: { ...serverSettings, defaultContactCenter: contactCenter },
    rcsctl: { ...own, gateway },
  };
  writeFileSync(file, stringify(values), { mode: 0o600 });
  return file;
}
