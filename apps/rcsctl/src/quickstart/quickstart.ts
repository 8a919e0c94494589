import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KeyVaultClient } from '#key-vault-client';
import { loadInternalIdentity } from '#platform';
import { GatewayClient } from '../gateway-client/gateway-client.js';
import { importKey } from '../key-import/import-key.js';
import { keysOfEveryVault } from '../key-import/same-name.js';
import { stepsOfThisProcess, type SetupSteps } from '../terminal/setup-steps.js';
import { Cluster } from './cluster.js';
import { DataDirectory } from './data-directory.js';
import { lockDirectory } from './directory-lock.js';
import { demoAccounts, type DemoAccounts } from './demo-accounts.js';
import { demoPeople } from './demo-people.js';
import { demoRecordings, type DemoRecording } from './demo-recordings.js';
import { readAuthority } from './internal-authority.js';
import { readyLine, readyText, type QuickstartState } from './quickstart-report.js';
import { makeRecordingCertificate, type MadeCertificate } from './recording-certificate.js';
import { watchPrograms, type ServiceProgram } from './service-programs.js';
import type { VaultCount } from './vault-replicas.js';
import { demoWeek } from './week/demo-week.js';
import { makeExpiredCertificate } from './week/expired-certificate.js';
import { weekPeople } from './week/week-people.js';

export const demos = ['week', 'two-recordings'] as const;
export type Demo = (typeof demos)[number];

export interface QuickstartOptions {
  readonly dataDirectory: string;
  readonly json: boolean;
  readonly vaults: VaultCount;
  /** Two recordings alone, or a contact center's week beside them. */
  readonly demo: Demo;
  /** Services that are started again whenever their program has changed. */
  readonly restartOnChange: readonly ServiceProgram[];
}

const certificateAlias = 'demo';
const expiredAlias = 'demo-expired';
const demoMedia = join(__dirname, '../../../../../test/fixtures');

/** Starts the cluster, shows that it plays, and stays until it is told to stop. Answers the exit status. */
export async function quickstart(options: QuickstartOptions): Promise<number> {
  const { dataDirectory, json, vaults, demo, restartOnChange } = options;
  const directory = new DataDirectory(dataDirectory);
  const interrupted = Promise.race([signalled('SIGINT', 'SIGTERM', 'SIGHUP'), nobodyReads(process.stdout)]);
  const steps = stepsOfThisProcess();
  steps.begin(`Preparing ${directory.root}`);
  directory.create();
  const unlock = lockDirectory(directory.root);
  // eslint-disable-next-line no-restricted-properties -- the services inherit the environment, options included
  const cluster = await Cluster.prepare(directory, process.env, vaults);
  let endWatch = (): void => undefined;
  const starting = bringUp(cluster, directory, demo, steps);
  try {
    const state = await Promise.race([starting, interrupted.then(() => undefined)]);
    if (state === undefined) return 0;
    writeFileSync(directory.readyFile, `${readyLine(state)}\n`, { mode: 0o600 });
    process.stdout.write(`${json ? readyLine(state) : readyText(state)}\n`);
    endWatch = watchPrograms(restartOnChange, program => {
      steps.begin(`${program} has changed: starting it again`);
      void cluster.restart(program);
    });
    const ended = await Promise.race([
      interrupted.then(() => undefined),
      cluster.watch(text => process.stderr.write(`${text}\n`), restartOnChange),
    ]);
    if (ended === undefined) return 0;
    process.stderr.write(`${ended}; see ${directory.logs}\n`);
    return 1;
  } finally {
    steps.begin('Stopping');
    endWatch();
    rmSync(directory.readyFile, { force: true });
    await cluster.stop();
    await starting.catch(() => undefined);
    unlock();
  }
}

async function bringUp(
  cluster: Cluster,
  directory: DataDirectory,
  demo: Demo,
  steps: SetupSteps,
): Promise<QuickstartState> {
  steps.begin('Starting Redis and Apache');
  await cluster.startFoundations();
  const people = demo === 'week' ? [...demoPeople, ...weekPeople] : demoPeople;
  const accounts = await demoAccounts(directory, cluster.storeConfiguration(), people);
  steps.begin('Starting key vault, decrypt workers and gateway');
  await cluster.startServices();
  const place = { cluster, accounts, directory };
  const certificate = await recordingCertificate(place, certificateAlias, makeRecordingCertificate);
  steps.begin('Recording and playing the demo');
  const recordings = await recordDemo(place, certificate.pem);
  if (demo === 'week' && !existsSync(directory.weekFile)) {
    steps.begin("Recording a contact center's week");
    const expired = await recordingCertificate(place, expiredAlias, makeExpiredCertificate);
    await recordWeek(place, certificate, expired);
  }
  return {
    access: cluster.access,
    accounts,
    certificates: [{ alias: certificateAlias, file: certificate.file }],
    recordings,
    dataDir: directory.root,
  };
}

/** Where the demo goes. */
interface Place {
  readonly cluster: Cluster;
  readonly accounts: DemoAccounts;
  readonly directory: DataDirectory;
}

interface RecordingCertificate {
  readonly alias: string;
  readonly file: string;
  readonly pem: string;
}

/** A start that was ended after its import left a key and no file of its certificate: then the file is all that is missing. */
async function recordingCertificate(
  { cluster, accounts, directory }: Place,
  alias: string,
  make: (commonName: string) => Promise<MadeCertificate>,
): Promise<RecordingCertificate> {
  const file = join(directory.certificates, `${alias}.pem`);
  if (existsSync(file)) return { alias, file, pem: readFileSync(file, 'utf8') };
  const { authority, vaults: addresses } = cluster.access;
  const vaults = new KeyVaultClient(addresses, {
    current: loadInternalIdentity({ caFile: authority.caFile, ...authority.services.rcsctl }),
  });
  try {
    const keys = await keysOfEveryVault(vaults, accounts.contactCenter);
    const present = keys.map(ofVault => ofVault.find(key => key.alias === alias)?.certificate);
    const [first] = present;
    const known = first !== undefined && present.every(certificate => certificate === first);
    const pem = known ? first : await importMade(vaults, accounts, alias, await make('Genesys Recording'));
    // Whole or not at all: whoever finds the file takes the key for imported.
    writeFileSync(`${file}.new`, pem);
    renameSync(`${file}.new`, file);
    return { alias, file, pem };
  } finally {
    vaults.close();
  }
}

async function importMade(
  vaults: KeyVaultClient,
  { contactCenter }: DemoAccounts,
  alias: string,
  { certificatePem, privateKeyPem: keyFile }: MadeCertificate,
): Promise<string> {
  await importKey(vaults, { purpose: 'RECORDING', contactCenter, alias, certificatePem, keyFile });
  return certificatePem;
}

async function recordDemo({ cluster, accounts }: Place, certificatePem: string): Promise<DemoRecording[]> {
  const agent = accounts.users.find(({ roles }) => roles.includes('agent'));
  if (agent === undefined) throw new Error('the demo has no agent');
  return withClients(cluster, accounts, (recorder, clientOf) =>
    demoRecordings({
      media: demoMedia,
      contactCenter: accounts.contactCenter,
      series: '1',
      agent: agent.name,
      recorder,
      player: clientOf('alice'),
      webdav: cluster.access.webdav,
      certificate: { alias: certificateAlias, pem: certificatePem },
    }),
  );
}

async function recordWeek(
  { cluster, accounts, directory }: Place,
  certificate: RecordingCertificate,
  expired: RecordingCertificate,
): Promise<void> {
  await withClients(cluster, accounts, (recorder, clientOf) =>
    demoWeek({
      media: join(demoMedia, 'demo-week'),
      doneFile: directory.weekFile,
      contactCenter: accounts.contactCenter,
      recorder,
      administrator: clientOf('alice'),
      listeners: { bob: clientOf('bob'), grace: clientOf('grace') },
      webdav: cluster.access.webdav,
      certificate,
      expired,
    }),
  );
}

/** Runs `work` with a client of the recorder, and of any person of the demo. */
async function withClients<T>(
  { access: { gateway: url, ops, authority } }: Cluster,
  { users }: DemoAccounts,
  work: (recorder: GatewayClient, clientOf: (name: string) => GatewayClient) => Promise<T>,
): Promise<T> {
  const clients: GatewayClient[] = [];
  const caPem = readAuthority(authority);
  const client = (userName: string, password: string): GatewayClient => {
    const made = new GatewayClient({ url, caPem, userName, password });
    clients.push(made);
    return made;
  };
  const clientOf = (name: string): GatewayClient => {
    const user = users.find(candidate => candidate.name === name);
    if (user === undefined) throw new Error(`the demo has no ${name}`);
    return client(user.name, user.password);
  };
  try {
    return await work(client(ops.name, ops.password), clientOf);
  } finally {
    await Promise.all(clients.map(one => one.close()));
  }
}

/** Resolves when what is written cannot arrive any more, as after `| head -1`: nobody would learn how to use the cluster. */
async function nobodyReads(output: NodeJS.WriteStream): Promise<void> {
  await new Promise<void>(resolve => output.once('error', () => resolve()));
}

async function signalled(...signals: readonly NodeJS.Signals[]): Promise<void> {
  await new Promise<void>(resolve => signals.forEach(signal => process.on(signal, () => resolve())));
}
