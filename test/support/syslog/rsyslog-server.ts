import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endingWithUs, reservePort, type InternalIdentity } from '#platform';

/** How long a start or an end may take on a busy machine. */
const patienceMs = 60_000;

/** A real rsyslog on a free port of the loopback interface, which takes syslog over TLS (RFC 5425) into a file. */
export class RsyslogServer {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly directory: string,
    readonly port: number,
  ) {}

  /** @param asksForCertificate clients must show one of the same authority. */
  static async start(
    directory: string,
    identity: InternalIdentity,
    { asksForCertificate }: { readonly asksForCertificate: boolean },
  ): Promise<RsyslogServer> {
    mkdirSync(directory, { recursive: true });
    const server = new RsyslogServer(directory, await reservePort());
    const file = (name: string, content: Buffer | string): string => {
      const path = join(directory, name);
      writeFileSync(path, content, { mode: 0o600 });
      return path;
    };
    file(
      'rsyslog.conf',
      `global(workDirectory="${directory}" maxMessageSize="256k" defaultNetstreamDriver="ossl"
        defaultNetstreamDriverCAFile="${file('ca.pem', identity.caPem)}"
        defaultNetstreamDriverCertFile="${file('server.pem', identity.certificatePem)}"
        defaultNetstreamDriverKeyFile="${file('server.key', identity.keyPem)}")
      module(load="imtcp" StreamDriver.Name="ossl" StreamDriver.Mode="1"
        StreamDriver.AuthMode="${asksForCertificate ? 'x509/certvalid' : 'anon'}")
      template(name="whole" type="string"
        string="%timestamp:::date-rfc3339% %hostname% %app-name% %procid% %msgid% %structured-data% %msg%\\n")
      input(type="imtcp" address="127.0.0.1" port="${server.port}")
      action(type="omfile" file="${server.file}" template="whole")\n`,
    );
    await server.begin();
    return server;
  }

  /** What it has taken. */
  get file(): string {
    return join(this.directory, 'syslog');
  }

  get lines(): string[] {
    try {
      return readFileSync(this.file, 'utf8').split('\n').slice(0, -1);
    } catch {
      return [];
    }
  }

  async begin(): Promise<void> {
    const options = ['-n', '-f', join(this.directory, 'rsyslog.conf'), '-i', join(this.directory, 'pid')];
    this.child = spawn(...endingWithUs('rsyslogd', options), {
      stdio: 'ignore',
      env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` },
    });
    const end = Date.now() + patienceMs;
    while (!(await this.accepts())) {
      if (Date.now() > end || this.child.exitCode !== null) throw new Error('rsyslogd did not start');
      await delay(50);
    }
  }

  async end(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  }

  private async accepts(): Promise<boolean> {
    const socket = connect(this.port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return true;
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  }
}
