import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endingWithUs, reservePort } from '#platform';

/** A real nginx with its WebDAV module, which keeps to no condition of a PUT. */
export class NginxDavServer {
  readonly url: string;
  private child: ChildProcess | undefined;

  private constructor(
    private readonly directory: string,
    private readonly port: number,
  ) {
    this.url = `http://127.0.0.1:${port}/recordings`;
  }

  static async start(): Promise<NginxDavServer> {
    const directory = mkdtempSync(join(tmpdir(), 'rcs-nginx-'));
    chmodSync(directory, 0o711);
    for (const path of ['root/recordings', 'temporary']) mkdirSync(join(directory, path), { recursive: true });
    const server = new NginxDavServer(directory, await reservePort());
    await server.launch();
    return server;
  }

  write(name: string, content: Buffer): void {
    const path = join(this.directory, 'root/recordings', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }

  remove(name: string): void {
    rmSync(join(this.directory, 'root/recordings', name));
  }

  read(name: string): Buffer {
    return readFileSync(join(this.directory, 'root/recordings', name));
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child !== undefined && child.exitCode === null) {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    }
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async launch(): Promise<void> {
    const { directory } = this;
    const file = join(directory, 'nginx.conf');
    writeFileSync(file, this.configuration());
    const options = ['-p', directory, '-c', file, '-e', join(directory, 'error.log')];
    const child = spawn(...endingWithUs('nginx', options), { stdio: ['ignore', 'inherit', 'inherit'] });
    this.child = child;
    while (!(await this.accepts())) {
      if (child.exitCode !== null) throw new Error(`nginx ended with status ${child.exitCode}`);
      await delay(20);
    }
  }

  private accepts(): Promise<boolean> {
    return new Promise(resolve => {
      const socket = connect(this.port, '127.0.0.1');
      socket.once('error', () => resolve(false));
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
    });
  }

  private configuration(): string {
    const { directory, port } = this;
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      name => `  ${name}_temp_path ${directory}/temporary/${name};`,
    );
    const user = process.getuid?.() === 0 ? ['user root;'] : [];
    return `${[
      ...user,
      'daemon off;',
      'worker_processes 1;',
      `pid ${directory}/nginx.pid;`,
      'events { worker_connections 64; }',
      'http {',
      '  access_log off;',
      ...temporary,
      '  server {',
      `    listen 127.0.0.1:${port};`,
      `    root ${directory}/root;`,
      '    client_max_body_size 0;',
      '    location / { dav_methods PUT DELETE MKCOL MOVE; }',
      '  }',
      '}',
    ].join('\n')}\n`;
  }
}
