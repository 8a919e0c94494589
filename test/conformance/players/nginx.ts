import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endingWithUs } from '#platform';
import { endChild } from '#test/waiting/end-child.js';

/** A server that runs in the foreground, ended with the tests. */
export class RunningServer {
  private constructor(private readonly child: ChildProcess) {}

  /** Starts it and waits until each of its ports takes connections. */
  static async start(program: string, args: readonly string[], ports: readonly number[]): Promise<RunningServer> {
    const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
    const child = spawn(...endingWithUs(program, args), { env, stdio: 'inherit' });
    const end = Date.now() + 60_000;
    for (const port of ports)
      while (!(await takesConnections(port))) {
        if (child.exitCode !== null || Date.now() > end) throw new Error(`${program} does not listen on ${port}`);
        await delay(50);
      }
    return new RunningServer(child);
  }

  stop(): Promise<void> {
    return endChild('nginx', this.child);
  }
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** nginx with these servers in its http block. */
export function startNginx(directory: string, servers: string, ports: readonly number[]): Promise<RunningServer> {
  mkdirSync(directory, { recursive: true });
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const configuration = `daemon off;
master_process off;
pid ${directory}/pid;
error_log ${directory}/log;
events { worker_connections 1024; }
http {
  access_log off;
  ${temporary.map(kind => `${kind}_temp_path ${directory}/${kind};`).join('\n  ')}
  ${servers}
}
`;
  const file = join(directory, 'nginx.conf');
  writeFileSync(file, configuration);
  return RunningServer.start('nginx', ['-c', file, '-e', join(directory, 'log')], ports);
}
