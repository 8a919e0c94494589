import { endingWithUs, reservePort } from '#platform';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LoopbackServer } from '#test/servers/loopback-server.js';
import { waitFor } from '#test/waiting/wait-for.js';

export interface SlapdTls {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** Authority of client certificates; when given, every client must show one. */
  readonly clientCaPem?: string;
}

/** May change everything in the directory. */
export const administrator = { dn: 'cn=root,dc=example,dc=org', password: 'root-password' } as const;

const slapd = '/usr/sbin/slapd';

/** A real OpenLDAP server on free ports of the loopback interface, with the suffix dc=example,dc=org. */
export class SlapdServer {
  private readonly server: LoopbackServer;

  private constructor(
    private readonly directory: string,
    readonly ldapPort: number,
    readonly ldapsPort: number,
    withTls: boolean,
  ) {
    const urls = [`ldap://127.0.0.1:${ldapPort}`, ...(withTls ? [`ldaps://127.0.0.1:${ldapsPort}`] : [])];
    const options = ['-d', '0', '-h', urls.join(' '), '-f', this.configurationFile];
    this.server = new LoopbackServer('slapd', ldapPort, () =>
      spawn(...endingWithUs(slapd, options), { stdio: 'ignore' }),
    );
  }

  /**
   * @param ldif entries besides the suffix, which is there already
   * @param port of the listener for ldap://; a free one when absent
   */
  static async start(ldif: string, tls?: SlapdTls, port?: number): Promise<SlapdServer> {
    const directory = mkdtempSync(join(tmpdir(), 'rcs-slapd-'));
    const server = new SlapdServer(directory, port ?? (await reservePort()), await reservePort(), tls !== undefined);
    mkdirSync(join(directory, 'data'));
    if (tls !== undefined) server.writeTls(tls);
    writeFileSync(server.configurationFile, configuration(directory, tls));
    const suffix =
      'dn: dc=example,dc=org\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: Example\n\n';
    execFileSync(slapd, ['-T', 'add', '-f', server.configurationFile], {
      input: suffix + ldif,
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    await server.run();
    return server;
  }

  /** Starts (again), with the same data and ports. */
  run(): Promise<void> {
    return this.server.begin();
  }

  /** Writes certificate and key again; in force after the next `run`. */
  writeTls({ certificatePem, privateKeyPem, clientCaPem }: SlapdTls): void {
    writeFileSync(join(this.directory, 'certificate.pem'), certificatePem);
    writeFileSync(join(this.directory, 'key.pem'), privateKeyPem, { mode: 0o600 });
    if (clientCaPem !== undefined) writeFileSync(join(this.directory, 'client-ca.pem'), clientCaPem);
  }

  /** Ends the process; the data stays. */
  halt(): Promise<void> {
    return this.server.end('SIGKILL');
  }

  /** Stops it from answering, as a machine under too much load; connections stay open. */
  async freeze(): Promise<void> {
    const { pid } = this.server;
    if (pid === undefined) return;
    process.kill(pid, 'SIGSTOP');
    await waitFor('slapd to stand still', () => allThreadsStopped(pid), { pollMs: 10 });
  }

  thaw(): void {
    const { pid } = this.server;
    if (pid !== undefined) process.kill(pid, 'SIGCONT');
  }

  async stop(): Promise<void> {
    await this.halt();
    rmSync(this.directory, { recursive: true, force: true });
  }

  private get configurationFile(): string {
    return join(this.directory, 'slapd.conf');
  }
}

function configuration(directory: string, tls: SlapdTls | undefined): string {
  const schemas = ['core', 'cosine', 'inetorgperson'].map(name => `include /etc/ldap/schema/${name}.schema`);
  const file = (name: string): string => join(directory, name);
  return [
    ...schemas,
    'modulepath /usr/lib/ldap',
    'moduleload back_mdb',
    `pidfile ${file('slapd.pid')}`,
    ...(tls === undefined
      ? []
      : [`TLSCertificateFile ${file('certificate.pem')}`, `TLSCertificateKeyFile ${file('key.pem')}`]),
    ...(tls?.clientCaPem === undefined
      ? []
      : [`TLSCACertificateFile ${file('client-ca.pem')}`, 'TLSVerifyClient demand']),
    'database mdb',
    'suffix "dc=example,dc=org"',
    `rootdn "${administrator.dn}"`,
    `rootpw ${administrator.password}`,
    `directory ${file('data')}`,
    'maxsize 16777216',
    'index objectClass,uid,member eq',
    // Like a company's directory: passwords for binding only, entries for whoever has bound, nothing for the others.
    'access to attrs=userPassword by anonymous auth by * none',
    'access to * by users read by * none',
    '',
  ].join('\n');
}

/** The signal is on its way when `kill` returns; each thread stops on its own. */
function allThreadsStopped(pid: number): boolean {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks).every(task => readFileSync(join(tasks, task, 'stat'), 'utf8').includes(') T '));
}
