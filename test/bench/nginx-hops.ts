import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reservePort } from '#platform';

export interface NginxHops {
  /** Base URL of the outer hop. */
  readonly url: string;
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
    stop: async () => {
      await Promise.all(hops.map(stop));
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
  return spawn('nginx', ['-p', directory, '-c', file, '-e', join(directory, 'error.log')], { stdio: 'inherit' });
}

async function answering(url: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await fetch(url, { signal: AbortSignal.timeout(1000) });
      return;
    } catch (error) {
      if (attempt === 50) throw new Error('nginx does not answer', { cause: error });
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = new Promise<void>(resolve => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  await exited;
}
