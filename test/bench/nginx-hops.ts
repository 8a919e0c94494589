import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endingWithUs, reservePort } from '#platform';
import { endChild } from '../support/waiting/end-child.js';
import { answering } from './answering.js';
import { processCpuMs } from './process-cpu.js';

export interface NginxHops {
  /** Base URL of the outer hop. */
  readonly url: string;
  /** Base URL of the inner hop: one proxy. */
  readonly innerUrl: string;
  /** Processor time that both hops have used so far, milliseconds. */
  cpuMs(): number;
  stop(): Promise<void>;
}

/** Two plain proxy hops in front of an origin, the yardstick: no TLS, no decryption, keep-alive everywhere. */
export async function startNginxHops(directory: string, origin: string): Promise<NginxHops> {
  const inner = await reservePort();
  const outer = await reservePort();
  mkdirSync(directory, { recursive: true });
  const hops = [
    startNginx(join(directory, 'inner'), inner, origin),
    startNginx(join(directory, 'outer'), outer, `http://127.0.0.1:${inner}`),
  ];
  const url = `http://127.0.0.1:${outer}`;
  await answering(url);
  return {
    url,
    innerUrl: `http://127.0.0.1:${inner}`,
    cpuMs: () => hops.reduce((sum, hop) => sum + familyCpuMs(hop), 0),
    stop: async () => {
      await Promise.all(hops.map(hop => endChild('nginx', hop)));
    },
  };
}

function startNginx(directory: string, port: number, origin: string): ChildProcess {
  mkdirSync(directory, { recursive: true });
  const { host } = new URL(origin);
  const configuration = `
daemon off;
pid ${directory}/nginx.pid;
error_log ${directory}/error.log warn;
worker_processes auto;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  keepalive_requests 1000000;
  upstream origin { server ${host}; keepalive 64; keepalive_requests 1000000; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://origin;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host ${host};
      proxy_max_temp_file_size 0;
    }
  }
}
`;
  const file = join(directory, 'nginx.conf');
  writeFileSync(file, configuration);
  const nginx = ['-p', directory, '-c', file, '-e', join(directory, 'error.log')];
  return spawn(...endingWithUs('nginx', nginx), { stdio: 'inherit' });
}

/** The master of nginx and its workers, which do the work. */
function familyCpuMs({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error('nginx has not started');
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ');
  return [pid, ...children.map(Number)].reduce((sum, member) => sum + processCpuMs(member), 0);
}
