import { createHash, createPublicKey, constants, publicEncrypt } from 'node:crypto';
import { metricsOf } from '#test/cluster/management-page.js';
import type { Answer } from '../world/answer.js';
import type { Caller } from '../world/caller.js';
import type { Random } from '../world/random.js';
import { sideBySide } from '../world/side-by-side.js';
import { userIdOf, type Side, type WallRecording } from './side.js';

/** Of answers that are the same: what differs all the same. Everything else has to be equal, byte by byte. */
const volatileHeaders = new Set([
  'date',
  'x-request-id',
  'connection',
  'keep-alive',
  'set-cookie',
  'x-csrf-token',
  'traceresponse',
]);
const volatileFields = new Set(['requestId', 'instance', 'lastUsedAt', 'seen']);
/** Who looks at the picture sees recordings, which then say so, and are longer. */
const saysWhoHasSeenIt = (body: Buffer): boolean => body.includes('"seen":');

interface Question {
  readonly name: string;
  ask(): Promise<string>;
}

/** What contact center A sees of the server: the same today as yesterday, whatever B does. */
export class Picture {
  private readonly seen = new Map<string, string>();
  private readonly questions: readonly Question[];
  private turn = 0;
  private since = new Date().toISOString();

  constructor(
    private readonly side: Side,
    private readonly random: Random,
    /** Base URLs of the management ports. */
    management: readonly string[],
  ) {
    this.questions = [
      ...management.map(url => metricsQuestion(side, url)),
      ...recordingQuestions(side),
      ...administrationQuestions(side),
      ...keyManagerQuestions(side),
    ];
  }

  get size(): number {
    return this.questions.length;
  }

  /** Asks everything. Answers what differs from the picture before. */
  async look(): Promise<string[]> {
    const differences = [
      ...(await this.compare(this.questions)),
      ...(await this.coldPlays(4)),
      ...(await this.audit()),
    ];
    this.since = new Date().toISOString();
    return differences;
  }

  /** Asks a few things, which ones is drawn. */
  async glance(count: number): Promise<string[]> {
    return [...(await this.compare(this.random.sample(this.questions, count))), ...(await this.coldPlays(1))];
  }

  private async compare(questions: readonly Question[]): Promise<string[]> {
    const differences = await sideBySide(questions, 8, async ({ name, ask }) => {
      const [before, after] = [this.seen.get(name), await ask()];
      this.seen.set(name, after);
      return before === undefined || before === after ? [] : [`${name}: ${difference(before, after)}`];
    });
    return differences.flat();
  }

  /** Recordings that no worker remembers are opened by the vault again. */
  private async coldPlays(count: number): Promise<string[]> {
    const chosen = Array.from(
      { length: count },
      () => this.side.seldomPlayed[this.turn++ % this.side.seldomPlayed.length]!,
    );
    const differences = await sideBySide(chosen, 4, async ({ id, playPath, plaintext }) => {
      const { status, body } = await this.side.admin.get(playPath);
      const [plays, played] = [status === 200 && body.equals(plaintext), this.seen.get(id) !== 'broken'];
      this.seen.set(id, plays ? 'plays' : 'broken');
      return plays || !played
        ? []
        : [`cold play of ${id}: ${status} ${status === 200 ? 'with other bytes' : body.toString()}`];
    });
    return differences.flat();
  }

  /** The audit as A sees it, without what A itself did: nothing of B is in it. */
  private async audit(): Promise<string[]> {
    const { admin, prefix } = this.side;
    const query = `from=${encodeURIComponent(this.since)}&limit=1000&order=newest-first`;
    const { records } = await admin.must<{ records: { user?: string; event: string }[] }>('GET', `/rcs/audit?${query}`);
    return records
      .filter(({ user }) => user?.startsWith(prefix) !== true)
      .map(record => `audit of A: ${JSON.stringify(record).slice(0, 300)}`);
  }
}

function recordingQuestions({ recordings, admin, supervisor, agent }: Side): Question[] {
  const ofOne = ({ id, playPath, plaintext }: WallRecording): Question[] => {
    const middle = Math.floor(plaintext.length / 2);
    const ranges = [
      'bytes=0-99',
      `bytes=${middle}-${middle + 700}`,
      'bytes=-50',
      `bytes=${plaintext.length}-`,
      'bytes=0-9,40-60',
    ];
    return [
      asked(admin, `/api/v2/recordings/${id}`),
      asked(admin, playPath),
      asked(admin, playPath, {}, 'HEAD'),
      ...ranges.map(range => asked(admin, playPath, { range })),
    ];
  };
  const [first, second] = recordings as [WallRecording, WallRecording];
  return [
    ...recordings.flatMap(ofOne),
    asked(supervisor, first.playPath),
    asked(supervisor, `/api/v2/recordings/${second.id}`),
    ...[admin, supervisor, agent].map(person => asked(person, '/api/v2/recordings?callerPhoneNumber=*')),
    asked(admin, '/api/v2/recording-label-definitions'),
    asked(agent, `/api/v2/recordings/${first.id}`),
    asked(agent, first.playPath),
  ];
}

function administrationQuestions(side: Side): Question[] {
  const {
    admin,
    supervisor,
    agent,
    keyAdministrator,
    certificates,
    profile,
    contactCenter,
    rewrap,
    archiveJob,
    recordings,
  } = side;
  const people = [admin, supervisor, agent, keyAdministrator];
  const profilePath = `/rcs/ivr-profiles/${profile}`;
  return [
    asked(admin, '/rcs/certificates'),
    asked(keyAdministrator, '/rcs/certificates?deleted=true'),
    asked(supervisor, '/rcs/certificates'),
    ...certificates.flatMap(({ alias }) => [
      asked(admin, `/rcs/certificates/${alias}`),
      asked(admin, `/rcs/certificates/${alias}/rewrap`),
    ]),
    asked(admin, '/rcs/keys'),
    asked(admin, '/rcs/keys/import-keys'),
    asked(admin, '/rcs/ivr-profiles'),
    asked(admin, `${profilePath}/certificates`),
    asked(admin, `${profilePath}/annex`),
    asked(admin, '/rcs/screen-recording-certificates'),
    asked(admin, `/rcs/contact-centers/${contactCenter.id}/recipients?ivrProfile=${profile}`),
    asked(admin, `/rcs/contact-centers/${contactCenter.id}/recipients?screenRecording=true`),
    asked(admin, '/rcs/rewraps'),
    asked(admin, `/rcs/rewraps/${rewrap}`),
    asked(admin, '/rcs/archive-jobs'),
    asked(admin, `/rcs/archive-jobs/${archiveJob}`),
    asked(admin, `/rcs/archive-jobs/${archiveJob}/parts/1`, { range: 'bytes=0-99' }),
    withoutSeen(asked(admin, '/rcs/kept-archives')),
    asked(admin, '/rcs/archive-schedule'),
    asked(admin, '/rcs/users'),
    ...people.flatMap(person => [asked(admin, `/rcs/users/${person.name}`), asked(person, '/api/v2/me')]),
    asked(admin, '/rcs/roles'),
    asked(admin, '/rcs/access-groups'),
    asked(admin, '/api/v2/settings/cross-origin'),
    asked(admin, '/api/v2/settings/screen-recording'),
    withoutExpiry(asked(admin, '/api/v2/sessions')),
    withoutExpiry(asked(admin, `/api/v2/users/${supervisor.name}/sessions`)),
    asked(admin, '/rcs/local-key-manager/credentials'),
    asked(admin, '/rcs/local-key-manager/key-pairs'),
    asked(admin, '/rcs/recordings/index-status'),
    asked(admin, '/rcs/custody'),
    asked(admin, '/rcs/openapi.json'),
    asked(admin, `/rcs/audit?recording=${recordings[0]!.id}&order=oldest-first&limit=3`),
  ];
}

function keyManagerQuestions({ genesys, keyPair, prefix }: Side): Question[] {
  const base = '/key-management/v1';
  const headers = { 'purecloud-user-id': userIdOf(prefix) };
  const call = (method: string, path: string, body?: unknown): Question => ({
    name: `${method} ${path} by the key manager's client`,
    ask: async () => {
      const { status, text } = await genesys.call(method, `${base}${path}`, {
        headers,
        ...(body === undefined ? {} : { body }),
      });
      return `${status} ${text}`;
    },
  });
  const key = createPublicKey({ key: Buffer.from(keyPair.publicKey, 'base64'), format: 'der', type: 'pkcs1' });
  const message = Buffer.from(keyManagerSecret(prefix));
  const block = publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, message).toString('base64');
  return [
    call('GET', '/health'),
    call('GET', '/keypair'),
    call('GET', `/keypair/${keyPair.id}`),
    call('POST', '/decrypt?decryptType=pkcs1', { keypairId: keyPair.id, body: block }),
    {
      name: "the key manager's request log without A's own lines",
      ask: async () => {
        const { text } = await genesys.call('GET', `${base}/request-log?pageSize=1000`, { headers });
        const lines = JSON.parse(text) as { userId: string }[];
        if (!Array.isArray(lines)) return text;
        return JSON.stringify([lines.length > 0, lines.filter(({ userId }) => !userId.includes(prefix))]);
      },
    },
  ];
}

/** Gauges that name A; what counts A's own looking is left out. */
function metricsQuestion({ contactCenter: { id } }: Side, url: string): Question {
  return {
    name: `metrics of ${url} that name A`,
    ask: async () => {
      const lines = (await metricsOf(url)).split('\n');
      return lines.filter(line => line.includes(id) && !/_(total|count|sum|bucket)\b/.test(line)).join('\n');
    },
  };
}

/** 32 bytes that are encrypted to the key pair of a side. */
export const keyManagerSecret = (prefix: string): string =>
  `${prefix}-secret-of-the-key-manager`.padEnd(32, '.').slice(0, 32);

function asked(by: Caller, path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): Question {
  const range = headers.range === undefined ? '' : ` ${headers.range}`;
  return {
    name: `${method} ${path}${range} by ${by.name}`,
    ask: async () => canonical(await by.sendPatiently({ method, path, headers })),
  };
}

/** A session is extended in steps that no two requests agree on. */
function withoutExpiry({ name, ask }: Question): Question {
  return { name, ask: async () => (await ask()).replace(/("expires":")[^"]+/g, '$1*') };
}

/** The picture itself reads a part of the archive. */
function withoutSeen({ name, ask }: Question): Question {
  return { name, ask: async () => (await ask()).replace(/("lastSeenAt":")[^"]+/g, '$1*') };
}

function canonical({ status, headers, body }: Answer): string {
  const fields = Object.entries(headers)
    .filter(([name]) => !volatileHeaders.has(name) && !(name === 'content-length' && saysWhoHasSeenIt(body)))
    .map(([name, value]) => `${name}: ${/multipart/.test(value) ? 'multipart' : value}`)
    .sort();
  return [status, ...fields, canonicalBody(headers['content-type'] ?? '', body)].join('\n');
}

function canonicalBody(type: string, body: Buffer): string {
  if (/json/.test(type) && body.length > 0) {
    const text = JSON.stringify(JSON.parse(body.toString()), (name, value: unknown) =>
      name === 'seenTime' ? undefined : volatileFields.has(name) ? '*' : value,
    );
    return text;
  }
  const boundary = /^\r?\n?--([\w-]+)\r\n/.exec(body.subarray(0, 100).toString('latin1'))?.[1];
  const bytes =
    boundary === undefined ? body : Buffer.from(body.toString('latin1').replaceAll(boundary, '*'), 'latin1');
  return `${body.length} bytes, SHA-256 ${createHash('sha256').update(bytes).digest('hex')}`;
}

function difference(before: string, after: string): string {
  let at = 0;
  while (at < before.length && before[at] === after[at]) at++;
  const start = Math.max(0, at - 60);
  return `${JSON.stringify(before.slice(start, start + 200))} became ${JSON.stringify(after.slice(start, start + 200))}`;
}
