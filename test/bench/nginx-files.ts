import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endingWithUs, reservePort } from '#platform';
import { endChild } from '../support/waiting/end-child.js';
import { listening } from './answering.js';

export interface NginxFiles {
  /** Base URL, https. */
  readonly url: string;
  stop(): Promise<void>;
}

/** The yardstick of players: nginx with TLS and sendfile, which serves the files of a directory as they are. */
export async function startNginxFiles(work: string, files: string): Promise<NginxFiles> {
  const port = await reservePort();
  mkdirSync(work, { recursive: true });
  const [certificate, key] = [join(work, 'certificate.pem'), join(work, 'key.pem')];
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-days', '2'];
  execFileSync('openssl', [...request, '-subj', '/CN=127.0.0.1', '-keyout', key, '-out', certificate], {
    stdio: 'ignore',
  });
  const configuration = `
daemon off;
user root;
pid ${work}/nginx.pid;
error_log ${work}/error.log warn;
worker_processes auto;
events { worker_connections 1024; }
http {
  access_log off;
  sendfile on;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(name => `${name}_temp_path ${work}/${name};`).join(' ')}
  types { audio/mpeg mp3; audio/wav wav; video/mp4 mp4; }
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${certificate};
    ssl_certificate_key ${key};
    root ${files};
  }
}
`;
  const file = join(work, 'nginx.conf');
  writeFileSync(file, configuration);
  const nginx = spawn(...endingWithUs('nginx', ['-p', work, '-c', file, '-e', join(work, 'error.log')]), {
    stdio: 'inherit',
  });
  await listening(port);
  return { url: `https://127.0.0.1:${port}`, stop: () => endChild('nginx', nginx) };
}
