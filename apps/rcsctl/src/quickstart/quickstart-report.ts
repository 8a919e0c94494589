import type { ClusterAccess } from './cluster.js';
import type { DemoAccounts } from './demo-accounts.js';
import type { DemoRecording } from './demo-recordings.js';

export interface QuickstartState {
  readonly access: ClusterAccess;
  readonly accounts: DemoAccounts;
  readonly certificates: readonly { readonly alias: string; readonly file: string }[];
  readonly recordings: readonly DemoRecording[];
  readonly dataDir: string;
}

/** Where everything is done in a browser. */
const consoleOf = ({ gateway }: ClusterAccess): string => `${gateway}/console`;

/** One line for scripts. */
export function readyLine({ access, accounts, certificates, recordings, dataDir }: QuickstartState): string {
  return JSON.stringify({
    ready: true,
    console: consoleOf(access),
    gateway: access.gateway,
    caFile: access.authority.caFile,
    users: accounts.users,
    ops: access.ops,
    contactCenter: accounts.contactCenter,
    webdav: access.webdav,
    certificates,
    recordings,
    management: access.management,
    dataDir,
  });
}

/** What a person wants to know. */
export function readyText({ access, accounts, certificates, recordings, dataDir }: QuickstartState): string {
  const [player] = accounts.users;
  const user = player === undefined ? '' : `${player.name}:${player.password}`;
  const urls = recordings.map(({ playPath }) => `${access.gateway}/api/v2${playPath}`);
  return [
    '',
    'The cluster runs, and its demo recordings play byte for byte as they were recorded.',
    '',
    `  console       ${consoleOf(access)}   ${player === undefined ? '' : `log in as ${player.name}`}`,
    '',
    ...urls.map(url => `  play          ${url}`),
    ...accounts.users.map(
      ({ name, password, roles }) => `  user          ${name}   password ${password}   (${roles.join(', ')})`,
    ),
    `  authority     ${access.authority.caFile}`,
    `  certificate   ${certificates.map(({ file }) => file).join(', ')}`,
    `  WebDAV        ${access.webdav.url}   user ${access.webdav.user}   password ${access.webdav.password}`,
    `  recorder      ${access.ops.name}   password ${access.ops.password}   contact center ${accounts.contactCenter}`,
    `  metrics       ${access.management.gateway}/metrics`,
    `  files         ${dataDir}`,
    '',
    ...urls.slice(0, 1).map(url => `  curl --cacert ${access.authority.caFile} --user ${user} -o call.mp3 ${url}`),
    '',
    'Ctrl-C ends it; the next start finds everything as it is.',
    '',
  ].join('\n');
}
