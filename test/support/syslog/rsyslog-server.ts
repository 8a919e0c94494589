import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endingWithUs, reservePort, type InternalIdentity } from '#platform';
import { LoopbackServer } from '#test/servers/loopback-server.js';

/** A real rsyslog on a free port of the loopback interface, which takes syslog over TLS (RFC 5425) into a file. */
export class RsyslogServer {
  private readonly server: LoopbackServer;

  private constructor(
    private readonly directory: string,
    readonly port: number,
  ) {
    const options = ['-n', '-f', join(directory, 'rsyslog.conf'), '-i', join(directory, 'pid')];
    const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` };
    this.server = new LoopbackServer('rsyslogd', port, () =>
      spawn(...endingWithUs('rsyslogd', options), { stdio: 'ignore', env }),
    );
  }

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

  begin(): Promise<void> {
    return this.server.begin();
  }

  end(): Promise<void> {
    return this.server.end();
  }
}
