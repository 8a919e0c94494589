import { chownSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../run-command.js';
import { acceptsConnections } from './probe.js';
import { storedFilesDirectory, type ServiceAccount } from './stored-files-directory.js';
import { SupervisedProcess } from './supervised-process.js';

export interface WebDavOptions {
  readonly directory: string;
  readonly logFile: string;
  readonly port: number;
  readonly userName: string;
  readonly password: string;
}

export interface WebDavServer {
  readonly process: SupervisedProcess;
  readonly url: string;
  /** One line per request: method, path, status, bytes sent, range asked for. */
  readonly accessLog: string;
}

const modulesDirectory = '/usr/lib/apache2/modules';
const modules = [
  'mpm_event',
  'authn_core',
  'authn_file',
  'authz_core',
  'authz_user',
  'auth_basic',
  'alias',
  'dav',
  'dav_fs',
];

/** Apache httpd with mod_dav and Basic authentication: the kind of storage recorders write to. */
export async function startWebDav(options: WebDavOptions): Promise<WebDavServer> {
  const { directory, logFile, port, userName, password } = options;
  const account = serviceAccount();
  const files = storedFilesDirectory(directory, account);
  for (const path of [files, join(files, 'recordings'), join(files, 'lock')]) {
    mkdirSync(path, { recursive: true, mode: 0o755 });
    if (account !== undefined) chownSync(path, account.uid, account.gid);
  }
  const passwords = join(files, 'passwords');
  const hash = (await runCommand('openssl', ['passwd', '-apr1', '-stdin'], { input: password })).trim();
  writeFileSync(passwords, `${userName}:${hash}\n`, { mode: 0o640 });
  if (account !== undefined) chownSync(passwords, account.uid, account.gid);
  const accessLog = join(directory, 'access.log');
  const configuration = join(directory, 'httpd.conf');
  writeFileSync(
    configuration,
    httpdConfiguration({ directory, files, passwords, accessLog, port, account: account?.name }),
  );
  // What a killed Apache left behind: the data directory is ours alone, and its number may be another process by now.
  rmSync(join(directory, 'httpd.pid'), { force: true });
  const process = await SupervisedProcess.start({
    name: 'apache',
    program: existsSync('/usr/sbin/apache2') ? '/usr/sbin/apache2' : 'apache2',
    args: ['-d', directory, '-f', configuration, '-D', 'FOREGROUND'],
    environment: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' },
    workingDirectory: directory,
    logFile,
    isReady: () => acceptsConnections(port),
  });
  return { process, url: `http://127.0.0.1:${port}/recordings`, accessLog };
}

/** Apache refuses to serve as root; Debian's account for it does the work then. */
function serviceAccount(): ServiceAccount | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const { uid, gid } = statSync('/var/cache/apache2/mod_cache_disk', { throwIfNoEntry: false }) ?? { uid: 33, gid: 33 };
  return { name: 'www-data', uid, gid };
}

interface HttpdOptions {
  readonly directory: string;
  readonly files: string;
  readonly passwords: string;
  readonly accessLog: string;
  readonly port: number;
  readonly account: string | undefined;
}

function httpdConfiguration({ directory, files, passwords, accessLog, port, account }: HttpdOptions): string {
  return `${[
    `ServerRoot "${directory}"`,
    'ServerName localhost',
    `Listen 127.0.0.1:${port}`,
    `PidFile "${directory}/httpd.pid"`,
    `Mutex file:${files}/lock`,
    `ErrorLog "${directory}/error.log"`,
    'LogLevel warn',
    ...(account === undefined ? [] : [`User ${account}`, `Group ${account}`]),
    ...modules.map(name => `LoadModule ${name}_module ${modulesDirectory}/mod_${name}.so`),
    'ServerTokens Prod',
    'TraceEnable off',
    'Timeout 60',
    // Recordings of screens are larger than the gibibyte that Apache takes by default.
    'LimitRequestBody 0',
    'KeepAlive On',
    'MaxKeepAliveRequests 0',
    'KeepAliveTimeout 60',
    'ServerLimit 4',
    'ThreadsPerChild 64',
    'MaxRequestWorkers 256',
    `LogFormat "%m %U %>s %B \\"%{Range}i\\"" storage`,
    `CustomLog "${accessLog}" storage`,
    `DocumentRoot "${files}"`,
    `DAVLockDB "${files}/lock/DAVLock"`,
    `<Directory "${files}">`,
    '  Require all denied',
    '</Directory>',
    `Alias /recordings "${files}/recordings"`,
    `<Directory "${files}/recordings">`,
    '  Dav On',
    '  AuthType Basic',
    '  AuthName "recordings"',
    `  AuthUserFile "${passwords}"`,
    '  Require valid-user',
    '</Directory>',
  ].join('\n')}\n`;
}
