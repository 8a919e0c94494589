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
import { demoRecordings } from './demo-recordings.js';
import { readAuthority } from './internal-authority.js';
import { readyLine, readyText, type QuickstartState } from './quickstart-report.js';
import { makeRecordingCertificate } from './recording-certificate.js';
import { watchPrograms, type ServiceProgram } from './service-programs.js';
import type { VaultCount } from './vault-replicas.js';

export interface QuickstartOptions {
  readonly dataDirectory: string;
  readonly json: boolean;
  readonly vaults: VaultCount;
  /** Services that are started again whenever their program has changed. */
  readonly restartOnChange: readonly ServiceProgram[];
}

const certificateAlias = 'demo';
const demoMedia = join(__dirname, '../../../../../test/fixtures');

/** Starts the cluster, shows that it plays, and stays until it is told to stop. Answers the exit status. */
export async function quickstart({ dataDirectory, json, vaults, restartOnChange }: QuickstartOptions): Promise<number> {
  const directory = new DataDirectory(dataDirectory);
  const interrupted = Promise.race([signalled('SIGINT', 'SIGTERM', 'SIGHUP'), nobodyReads(process.stdout)]);
  const steps = stepsOfThisProcess();
  steps.begin(`Preparing ${directory.root}`);
  directory.create();
  const unlock = lockDirectory(directory.root);
  // eslint-disable-next-line no-restricted-properties -- the services inherit the environment, options included
  const cluster = await Cluster.prepare(directory, process.env, vaults);
  let endWatch = (): void => undefined;
  const starting = bringUp(cluster, directory, steps);
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

async function bringUp(cluster: Cluster, directory: DataDirectory, steps: SetupSteps): Promise<QuickstartState> {
  steps.begin('Starting Redis and Apache');
  await cluster.startFoundations();
  const accounts = await demoAccounts(directory, cluster.storeConfiguration());
  steps.begin('Starting key vault, decrypt workers and gateway');
  await cluster.startServices();
  const certificateFile = join(directory.certificates, `${certificateAlias}.pem`);
  if (!existsSync(certificateFile)) await recordingCertificate(cluster, accounts, certificateFile);
  steps.begin('Recording and playing the demo');
  const recordings = await recordDemo(cluster, accounts, readFileSync(certificateFile, 'utf8'));
  return {
    access: cluster.access,
    accounts,
    certificates: [{ alias: certificateAlias, file: certificateFile }],
    recordings,
    dataDir: directory.root,
  };
}

/** A start that was ended after its import left a key and no file of its certificate: then the file is all that is missing. */
async function recordingCertificate(cluster: Cluster, accounts: DemoAccounts, file: string): Promise<void> {
  const { authority, vaults: addresses } = cluster.access;
  const vaults = new KeyVaultClient(addresses, {
    current: loadInternalIdentity({ caFile: authority.caFile, ...authority.services.rcsctl }),
  });
  try {
    const keys = await keysOfEveryVault(vaults, accounts.contactCenter);
    const present = keys.map(ofVault => ofVault.find(({ alias }) => alias === certificateAlias)?.certificate);
    const [first] = present;
    const known = first !== undefined && present.every(certificate => certificate === first);
    const pem = known ? first : await makeAndImportKey(vaults, accounts);
    // Whole or not at all: whoever finds the file takes the key for imported.
    writeFileSync(`${file}.new`, pem);
    renameSync(`${file}.new`, file);
  } finally {
    vaults.close();
  }
}

async function makeAndImportKey(vaults: KeyVaultClient, accounts: DemoAccounts): Promise<string> {
  const { certificatePem, privateKeyPem: keyFile } = await makeRecordingCertificate('Genesys Recording');
  const { contactCenter } = accounts;
  await importKey(vaults, { purpose: 'RECORDING', contactCenter, alias: certificateAlias, certificatePem, keyFile });
  return certificatePem;
}

async function recordDemo(cluster: Cluster, accounts: DemoAccounts, certificatePem: string) {
  const { gateway, ops, webdav, authority } = cluster.access;
  const [listener] = accounts.users;
  const agent = accounts.users.find(({ roles }) => roles.includes('agent'));
  if (listener === undefined || agent === undefined) throw new Error('the demo has no user');
  const caPem = readAuthority(authority);
  const recorder = new GatewayClient({ url: gateway, caPem, userName: ops.name, password: ops.password });
  const player = new GatewayClient({ url: gateway, caPem, userName: listener.name, password: listener.password });
  try {
    return await demoRecordings({
      media: demoMedia,
      contactCenter: accounts.contactCenter,
      series: '1',
      agent: agent.name,
      recorder,
      player,
      webdav,
      certificate: { alias: certificateAlias, pem: certificatePem },
    });
  } finally {
    await recorder.close();
    await player.close();
  }
}

/** Resolves when what is written cannot arrive any more, as after `| head -1`: nobody would learn how to use the cluster. */
async function nobodyReads(output: NodeJS.WriteStream): Promise<void> {
  await new Promise<void>(resolve => output.once('error', () => resolve()));
}

async function signalled(...signals: readonly NodeJS.Signals[]): Promise<void> {
  await new Promise<void>(resolve => signals.forEach(signal => process.on(signal, () => resolve())));
}
