import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endingWithUs, reservePort } from '#platform';
import { endChild } from '#test/waiting/end-child.js';
import { curl, openssl, type CurlAnswer } from '../../e2e/external-tools.js';

const page = readFileSync(join(__dirname, '../../../docs/proxies.md'), 'utf8');

/** What stands before and behind the example of the page in a file that the program takes. */
interface ProxyProgram {
  readonly command: (directory: string, file: string, port: number) => readonly string[];
  readonly configuration: (directory: string, text: string, port: number) => string;
}

const temporaryPaths = (directory: string): string =>
  ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map(kind => `${kind}_temp_path ${directory}/${kind};`)
    .join('\n');
const apacheModules = ['mpm_event', 'authz_core', 'headers', 'proxy', 'proxy_http', 'socache_shmcb', 'ssl'];

const nginx: ProxyProgram = {
  command: (_, file) => ['nginx', '-c', file],
  configuration: (directory, text) =>
    `daemon off;\nmaster_process off;\npid ${directory}/pid;\nerror_log ${directory}/log;\n` +
    `events {}\nhttp {\naccess_log off;\n${temporaryPaths(directory)}\n${text}\n}\n`,
};

const programs: Readonly<Record<string, ProxyProgram>> = {
  nginx,
  haproxy: { command: (_, file) => ['haproxy', '-db', '-q', '-f', file], configuration: (_, text) => text },
  apache: {
    command: (_, file) => ['apache2', '-DFOREGROUND', '-f', file],
    configuration: (directory, text, port) =>
      `ServerRoot ${directory}\nPidFile ${directory}/pid\nErrorLog ${directory}/log\nListen 127.0.0.1:${port}\n` +
      `ServerName localhost\nDefaultRuntimeDir ${directory}\n` +
      (process.getuid?.() === 0 ? 'User www-data\nGroup www-data\n' : '') +
      apacheModules.map(name => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so\n`).join('') +
      text,
  },
  vcl: {
    command: (directory, file, port) => [
      'varnishd',
      '-F',
      '-a',
      `127.0.0.1:${port}`,
      '-f',
      file,
      '-n',
      join(directory, 'state'),
      '-s',
      'malloc,16m',
    ],
    configuration: (_, text) => text,
  },
};

/** A gateway as a proxy sees it. */
export interface Upstream {
  readonly gateway: string;
  readonly caFile: string;
}

export interface RunningProxy {
  readonly origin: string;
  /** Through the proxy, as a player that trusts its certificate. */
  send(path: string, ...options: readonly string[]): Promise<CurlAnswer>;
  stop(): Promise<void>;
}

/** Makes the certificate of the proxies in a directory; once before the first is started. */
export async function makeProxyCertificate(work: string): Promise<void> {
  const files = ['-keyout', join(work, 'recordings.key'), '-out', join(work, 'recordings.pem')];
  const name = ['-subj', '/CN=recordings', '-addext', 'subjectAltName=DNS:localhost'];
  await openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...files, '-days', '2', ...name);
  const both = ['recordings.pem', 'recordings.key'].map(file => readFileSync(join(work, file), 'utf8'));
  chmodSync(work, 0o711);
  writeFileSync(join(work, 'recordings-with-key.pem'), both.join(''));
}

/** Starts a proxy as the page on proxies has it in this language, changed by `edit`; it lets everybody through. */
export async function startDocumentedProxy(
  work: string,
  language: string,
  upstream: Upstream,
  edit: (text: string) => string = text => text,
): Promise<RunningProxy> {
  if (language !== 'vcl') return start(work, language, edit(example(language, upstream, work)));
  // It speaks no TLS; the page leaves it open what stands in front.
  const varnish = await launch(work, language, edit(example(language, upstream, work)));
  const front = await start(work, 'nginx', terminator(work, varnish.port));
  return {
    ...front,
    stop: async () => {
      await front.stop();
      await varnish.stop();
    },
  };
}

/** The example of the page, with the names of this machine in the place of those in it. */
function example(language: string, { gateway, caFile }: Upstream, work: string): string {
  const [, text] = new RegExp(`\`\`\`${language}\n([^]*?)\n\`\`\``).exec(page) ?? [];
  if (text === undefined) throw new Error(`docs/proxies.md has no example in ${language}`);
  return text
    .replace(/\bgateway\.internal:8443/g, new URL(gateway).host.replace('127.0.0.1', 'localhost'))
    .replace('.port = "8443"', `.port = "${new URL(gateway).port}"`)
    .replace(/\bgateway\.internal\b/g, 'localhost')
    .replaceAll('/etc/ssl/gateway-ca.pem', caFile)
    .replaceAll('/etc/ssl/', `${work}/`);
}

const terminator = (work: string, port: number): string => `server {
  listen 443 ssl http2;
  ssl_certificate ${work}/recordings.pem;
  ssl_certificate_key ${work}/recordings.key;
  location / {
    proxy_pass http://127.0.0.1:${port};
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header Connection "";
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_buffering off;
  }
}`;

const onPort = (text: string, port: number): string =>
  text.replace(/(listen|\*:|bind :)( ?)443\b/, (_, before: string, blank: string) =>
    before === 'listen' ? `${before}${blank}127.0.0.1:${port}` : `${before.replace(/[*:]+$/, '127.0.0.1:')}${port}`,
  );

interface Launched {
  readonly port: number;
  readonly child: ChildProcess;
  /** The end of what it said. */
  output(): string;
  stop(): Promise<void>;
}

let launched = 0;

async function launch(work: string, language: string, text: string): Promise<Launched> {
  const program = programs[language];
  if (program === undefined) throw new Error(`nobody speaks ${language}`);
  const port = await reservePort();
  const directory = join(work, `${language}-${++launched}`);
  mkdirSync(directory);
  const file = join(directory, 'configuration');
  writeFileSync(file, `${program.configuration(directory, onPort(text, port), port)}\n`);
  const [name = '', ...options] = program.command(directory, file, port);
  const path = `${process.env['PATH']}:/usr/sbin:/sbin`;
  const output = join(directory, 'output');
  const log = openSync(output, 'a');
  const env = { ...process.env, PATH: path };
  const child = spawn(...endingWithUs(name, options), { env, stdio: ['ignore', log, log] });
  closeSync(log);
  const stop = () => endChild(name, child);
  return { port, child, output: () => readFileSync(output, 'utf8').slice(-2000), stop };
}

async function start(work: string, language: string, text: string): Promise<RunningProxy> {
  const { port, child, output, stop } = await launch(work, language, text);
  const origin = `https://localhost:${port}`;
  const send = (path: string, ...options: readonly string[]) =>
    curl('--cacert', join(work, 'recordings.pem'), ...options, origin + path);
  const end = Date.now() + 60_000;
  while (Date.now() < end && child.exitCode === null) {
    const answer = await send('/api/v2/me').catch(() => undefined);
    if (answer?.status === 401) return { origin, send, stop };
    await delay(100);
  }
  await stop();
  throw new Error(`the proxy does not let anybody through: ${output()}`);
}
