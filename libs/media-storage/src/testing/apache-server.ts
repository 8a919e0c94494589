import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endingWithUs, reservePort } from '#platform';

export interface ApacheOptions {
  readonly authentication?: 'none' | 'basic' | 'digest';
  /** Seconds a nonce of Digest is good for. */
  readonly nonceLifetime?: number;
  /** HTTPS, with a certificate of an authority made for this server alone. */
  readonly tls?: boolean;
  /** Lines for the directory of the recordings. */
  readonly directives?: readonly string[];
}

export interface LoggedRequest {
  readonly method: string;
  readonly status: number;
  /** Length of the body. */
  readonly bytesSent: number;
  /** All that went to the network, less than the body of a transfer that was cut off. */
  readonly bytesOnTheWire: number;
  readonly range: string;
  readonly authorization: string;
}

const modulesDirectory = '/usr/lib/apache2/modules';
const modules = [
  'mpm_event',
  'authn_core',
  'authn_file',
  'authz_core',
  'authz_user',
  'auth_basic',
  'auth_digest',
  'alias',
  'dav',
  'dav_fs',
  'headers',
  'ssl',
];
/** Debian's account for Apache, which refuses to serve as root. */
const serviceAccount = process.getuid?.() === 0 ? { name: 'www-data', uid: 33, gid: 33 } : undefined;

/** A real Apache httpd with mod_dav on a free port of the loopback interface. */
export class ApacheServer {
  readonly userName = 'recorder';
  readonly password = 'pass:word with spaces';
  readonly url: string;
  /** PEM of the authority that issued the certificate of the server. */
  readonly authority: string;
  private child: ChildProcess | undefined;

  private constructor(
    private readonly directory: string,
    private readonly port: number,
    private readonly options: ApacheOptions,
  ) {
    this.url = `${options.tls === true ? 'https' : 'http'}://localhost:${port}/recordings`;
    this.authority = options.tls === true ? readFileSync(join(directory, 'ca.pem'), 'utf8') : '';
  }

  static async start(options: ApacheOptions = {}): Promise<ApacheServer> {
    const directory = mkdtempSync(join(tmpdir(), 'rcs-apache-'));
    chmodSync(directory, 0o711);
    if (options.tls === true) makeCertificates(directory);
    const server = new ApacheServer(directory, await reservePort(), options);
    for (const path of ['recordings', 'lock']) server.makeDirectory(path);
    server.writePasswords();
    await server.launch();
    return server;
  }

  /** Puts a file into the storage behind the back of the server. */
  write(name: string, content: Buffer): string {
    const path = join(this.directory, 'recordings', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  remove(name: string): void {
    rmSync(join(this.directory, 'recordings', name));
  }

  read(name: string): Buffer {
    return readFileSync(join(this.directory, 'recordings', name));
  }

  /** The requests so far; waits until at least `count` are in the log, which Apache writes after the answer. */
  async requests(count: number): Promise<LoggedRequest[]> {
    const end = Date.now() + 5000;
    for (;;) {
      const lines = readFileSync(join(this.directory, 'access.log'), 'utf8').split('\n').slice(0, -1);
      if (lines.length >= count) return lines.map(parseLine);
      if (Date.now() > end) throw new Error(`only ${lines.length} of ${count} requests were logged`);
      await delay(10);
    }
  }

  forgetRequests(): void {
    writeFileSync(join(this.directory, 'access.log'), '');
  }

  /** Ends and starts it again: nonces of Digest that were given out are no longer known. */
  async restart(): Promise<void> {
    await this.end();
    await this.launch();
  }

  async stop(): Promise<void> {
    await this.end();
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async launch(): Promise<void> {
    const file = join(this.directory, 'httpd.conf');
    writeFileSync(file, `${this.configuration().join('\n')}\n`);
    const options = ['-d', this.directory, '-f', file, '-D', 'FOREGROUND'];
    const child = spawn(...endingWithUs('/usr/sbin/apache2', options), {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    this.child = child;
    while (!(await acceptsConnections(this.port))) {
      if (child.exitCode !== null) throw new Error(`apache2 ended with status ${child.exitCode}`);
      await delay(20);
    }
  }

  private async end(): Promise<void> {
    const { child } = this;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  }

  private makeDirectory(name: string): void {
    const path = join(this.directory, name);
    mkdirSync(path);
    if (serviceAccount !== undefined) chownSync(path, serviceAccount.uid, serviceAccount.gid);
  }

  private writePasswords(): void {
    const { userName, password, directory } = this;
    const hash = execFileSync('openssl', ['passwd', '-apr1', '-stdin'], { input: password, encoding: 'utf8' }).trim();
    writeFileSync(join(directory, 'basic-passwords'), `${userName}:${hash}\n`);
    const digest = createHash('md5').update(`${userName}:recordings:${password}`).digest('hex');
    writeFileSync(join(directory, 'digest-passwords'), `${userName}:recordings:${digest}\n`);
  }

  private configuration(): string[] {
    const { directory, port, options } = this;
    return [
      `ServerRoot "${directory}"`,
      'ServerName localhost',
      `Listen 127.0.0.1:${port}`,
      `PidFile "${directory}/httpd.pid"`,
      `DefaultRuntimeDir "${directory}"`,
      `Mutex file:${directory}/lock`,
      `ErrorLog "${directory}/error.log"`,
      ...(serviceAccount === undefined ? [] : [`User ${serviceAccount.name}`, `Group ${serviceAccount.name}`]),
      ...modules.map(name => `LoadModule ${name}_module ${modulesDirectory}/mod_${name}.so`),
      'KeepAliveTimeout 60',
      'MaxKeepAliveRequests 0',
      `LogFormat "%m %>s %B %O \\"%{Range}i\\" \\"%{Authorization}i\\"" requests`,
      `CustomLog "${directory}/access.log" requests`,
      `DAVLockDB "${directory}/lock/DAVLock"`,
      `DocumentRoot "${directory}/recordings"`,
      `Alias /recordings "${directory}/recordings"`,
      `<Directory "${directory}/recordings">`,
      'Dav On',
      ...authenticationLines(directory, options),
      ...(options.directives ?? []),
      '</Directory>',
      ...(options.tls === true
        ? [
            'SSLEngine on',
            `SSLCertificateFile ${directory}/server.pem`,
            `SSLCertificateKeyFile ${directory}/server.key`,
          ]
        : []),
    ];
  }
}

function authenticationLines(directory: string, { authentication, nonceLifetime }: ApacheOptions): string[] {
  if (authentication === undefined || authentication === 'none') return ['Require all granted'];
  if (authentication === 'basic') {
    return [
      'AuthType Basic',
      'AuthName recordings',
      `AuthUserFile "${directory}/basic-passwords"`,
      'Require valid-user',
    ];
  }
  return [
    'AuthType Digest',
    'AuthName recordings',
    `AuthUserFile "${directory}/digest-passwords"`,
    ...(nonceLifetime === undefined ? [] : [`AuthDigestNonceLifetime ${nonceLifetime}`]),
    'Require valid-user',
  ];
}

function makeCertificates(directory: string): void {
  const openssl = (...args: string[]): unknown => execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  openssl('req', '-x509', ...newKey, '-subj', '/CN=Storage CA', '-keyout', 'ca.key', '-out', 'ca.pem');
  const issued = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-addext', 'subjectAltName=DNS:localhost'];
  openssl(
    'req',
    '-x509',
    ...newKey,
    ...issued,
    '-subj',
    '/CN=localhost',
    '-keyout',
    'server.key',
    '-out',
    'server.pem',
  );
}

function parseLine(line: string): LoggedRequest {
  const [, method = '', status, body, wire, range = '', authorization = ''] =
    /^(\S+) (\d+) (\d+) (\d+) "([^"]*)" "(.*)"$/.exec(line) ?? [];
  const [bytesSent, bytesOnTheWire] = [Number(body), Number(wire)];
  return { method, status: Number(status), bytesSent, bytesOnTheWire, range, authorization };
}

function acceptsConnections(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
