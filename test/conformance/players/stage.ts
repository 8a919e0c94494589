import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reservePort } from '#platform';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { GatewayClient } from '../../../apps/rcsctl/src/gateway-client/gateway-client.js';
import { openssl } from '../../e2e/external-tools.js';
import { bytesOf, fileOf, media, longMedium, type Medium } from './media.js';
import { startNginx, type RunningServer } from './nginx.js';
import { stored, type StoredFile, type StoredForm } from './stored-forms.js';

/** Where a player finds a file: with its URL alone, with credentials in it, and without TLS. */
export interface Address {
  readonly url: string;
  readonly withCredentials: string;
  /** For players whose command line takes no authority: through a proxy that speaks TLS for them. */
  readonly withoutTls: string;
}

const repository = join(__dirname, '../../..');
/** Seconds; longer than any test. */
const timeToLive = 3600;

/** A cluster with recordings, and an nginx that serves the same files in plain: what a player does there is what is right. */
export class Stage {
  readonly repository = repository;
  private readonly files = new Map<string, Promise<StoredFile>>();
  private readonly recordings = new Map<string, Promise<{ readonly id: string; readonly playPath: string }>>();

  private constructor(
    readonly cluster: RunningCluster,
    private readonly work: string,
    private readonly nginx: RunningServer,
    private readonly ports: { readonly tls: number; readonly plain: number; readonly hop: number },
    private readonly recorder: GatewayClient,
    readonly listener: GatewayClient,
  ) {}

  static async start(environment: Readonly<Record<string, string>> = {}): Promise<Stage> {
    const work = mkdtempSync(join(tmpdir(), 'rcs-players-'));
    chmodSync(work, 0o711);
    const cluster = await startCluster(repository, join(work, 'data'), environment);
    await makeCertificate(work);
    bundleAuthorities(work, cluster.ready.caFile);
    mkdirSync(join(work, 'www'));
    writeFileSync(join(work, 'www/page.html'), '<!doctype html><title>Player</title><body>');
    const ports = { tls: await reservePort(), plain: await reservePort(), hop: await reservePort() };
    const nginx = await startNginx(join(work, 'nginx'), servers(work, ports, cluster), Object.values(ports));
    const { ops, users, gateway, caFile } = cluster.ready;
    const [user] = users;
    if (user === undefined) throw new Error('the cluster has no user');
    const as = ({ name, password }: { readonly name: string; readonly password: string }) =>
      new GatewayClient({ url: gateway, caPem: readFileSync(caFile, 'utf8'), userName: name, password });
    return new Stage(cluster, work, nginx, ports, as(ops), as(user));
  }

  async stop(): Promise<void> {
    await Promise.all([this.recorder.close(), this.listener.close()]);
    await this.nginx.stop();
    await this.cluster.stop();
    rmSync(this.work, { recursive: true, force: true });
  }

  /** A directory that players may write to, whoever they run as. */
  directory(name: string): string {
    const path = join(this.work, name);
    mkdirSync(path, { recursive: true });
    chmodSync(path, 0o777);
    return path;
  }

  /** Authorities of the gateway and of nginx in one file, and in a directory of nothing else. */
  get authorities(): { readonly file: string; readonly directory: string } {
    return { file: join(this.work, 'authorities.pem'), directory: join(this.work, 'authorities') };
  }

  get certificate(): { readonly file: string; readonly key: string } {
    return { file: join(this.work, 'nginx.pem'), key: join(this.work, 'nginx.key') };
  }

  /** Of the nginx that serves plain files, and of pages. */
  get nginxOrigin(): string {
    return `https://localhost:${this.ports.tls}`;
  }

  async inNginx(medium: Medium): Promise<Address> {
    copyFileSync(await fileOf(medium), join(this.work, 'www', medium.name));
    const url = `${this.nginxOrigin}/${medium.name}`;
    return { url, withCredentials: url, withoutTls: `http://localhost:${this.ports.plain}/${medium.name}` };
  }

  async inGateway(medium: Medium, form: StoredForm): Promise<Address> {
    const { playPath } = await this.recorded(medium, form);
    const ticket = await this.ticketPath(medium, form);
    const [user] = this.cluster.ready.users;
    const url = new URL(`${this.cluster.ready.gateway}/api/v2${playPath}`);
    url.username = user?.name ?? '';
    url.password = user?.password ?? '';
    return {
      url: `${this.cluster.ready.gateway}${ticket}`,
      withCredentials: url.href,
      withoutTls: `http://localhost:${this.ports.hop}${ticket}`,
    };
  }

  /** Path of a play URL that needs nothing else. */
  async ticketPath(medium: Medium, form: StoredForm, copy = ''): Promise<string> {
    const { id } = await this.recorded(medium, form, copy);
    const answer = await this.listener.call('POST', `/api/v2/recordings/${id}/play-tickets`, { timeToLive });
    return `/api/v2${(answer as { readonly playPath: string }).playPath}`;
  }

  /** Recorded when it is first asked for. */
  recorded(medium: Medium, form: StoredForm, copy = ''): Promise<{ readonly id: string; readonly playPath: string }> {
    const id = fileName(medium, form) + copy;
    const recording = this.recordings.get(id) ?? this.record(id, medium, form);
    this.recordings.set(id, recording);
    return recording;
  }

  private async record(id: string, medium: Medium, form: StoredForm) {
    const path = fileName(medium, form);
    const stored = this.files.get(path) ?? this.store(path, medium, form);
    this.files.set(path, stored);
    const { metadata } = await stored;
    const { mediaFiles } = await this.recorder.insertRecording(this.cluster.ready.contactCenter, {
      id,
      startTime: '2026-11-21T08:00:00.000+0000',
      mediaFiles: [
        { mediaId: medium.name, type: medium.type, mediaDescriptor: { storage: 'webDAV', path }, ...metadata },
      ],
    });
    return { id, playPath: mediaFiles[0]?.playPath ?? '' };
  }

  private async store(path: string, medium: Medium, form: StoredForm): Promise<StoredFile> {
    const { certificates, webdav } = this.cluster.ready;
    const file = await stored(await bytesOf(medium), form, certificates[0]?.file ?? '');
    const authorization = `Basic ${Buffer.from(`${webdav.user}:${webdav.password}`).toString('base64')}`;
    const signal = AbortSignal.timeout(60_000);
    const body = new Uint8Array(file.bytes);
    const answer = await fetch(`${webdav.url}/${path}`, { method: 'PUT', body, headers: { authorization }, signal });
    if (!answer.ok) throw new Error(`the storage answered ${answer.status}`);
    return file;
  }
}

const fileName = (medium: Medium, form: StoredForm): string => `${medium.name}-${form}`.replaceAll(/\W+/g, '-');

async function makeCertificate(work: string): Promise<void> {
  const files = ['-keyout', join(work, 'nginx.key'), '-out', join(work, 'nginx.pem')];
  const name = ['-subj', '/CN=nginx', '-addext', 'subjectAltName=DNS:localhost'];
  await openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...files, '-days', '2', ...name);
}

function bundleAuthorities(work: string, caFile: string): void {
  const texts = [caFile, join(work, 'nginx.pem')].map(file => readFileSync(file, 'utf8'));
  writeFileSync(join(work, 'authorities.pem'), texts.join(''));
  mkdirSync(join(work, 'authorities'));
  texts.forEach((text, index) => writeFileSync(join(work, 'authorities', `${index}.pem`), text));
}

function servers(work: string, ports: { tls: number; plain: number; hop: number }, { ready }: RunningCluster): string {
  const types = new Map([...media, longMedium].map(({ name, type }) => [name.split('.').at(-1) ?? '', type]));
  return `
  types { text/html html; ${[...types].map(([extension, type]) => `${type} ${extension};`).join(' ')} }
  root ${work}/www;
  server {
    listen 127.0.0.1:${ports.tls} ssl;
    ssl_certificate ${work}/nginx.pem;
    ssl_certificate_key ${work}/nginx.key;
  }
  server { listen 127.0.0.1:${ports.plain}; }
  server {
    listen 127.0.0.1:${ports.hop};
    location / {
      proxy_pass ${ready.gateway};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_ssl_trusted_certificate ${ready.caFile};
      proxy_ssl_verify on;
      proxy_ssl_name localhost;
      proxy_buffering off;
    }
  }`;
}
