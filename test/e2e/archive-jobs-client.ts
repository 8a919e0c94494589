import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import { answerOf } from '#test/waiting/wait-for.js';
import type { CurlClient } from './curl-client.js';
import { curl, openssl, type CurlAnswer } from './external-tools.js';

/** A job as the gateway answers it. */
export interface JobAnswer {
  readonly id: string;
  readonly state: string;
  readonly counts: { readonly parts: number; readonly recordings: number; readonly bytes: number };
  readonly leftOut: readonly object[];
  readonly waiting?: string;
  readonly error?: { readonly code: string; readonly text: string };
  readonly scheduledFor?: string;
  readonly parts: readonly {
    readonly number: number;
    readonly path: string;
    readonly length: number;
    readonly recordings: number;
    readonly sha256: string;
    readonly archive: string;
  }[];
}

/** What an administrator does with archive jobs, with curl. */
export class ArchiveJobsClient {
  constructor(
    private readonly cluster: RunningCluster,
    private readonly client: CurlClient,
  ) {}

  /** A folder for archives in the storage of the contact center. */
  get folder(): string {
    return this.client.stored('archives').path;
  }

  /** Stores and inserts recordings of this size, encrypted. @returns their ids */
  async recordings(names: readonly string[], bytes: number): Promise<string[]> {
    const files = ['-in', this.client.write('plain', randomBytes(bytes)), '-out', this.client.file('cms')];
    await openssl('cms', '-encrypt', '-binary', '-aes256', ...files, '-outform', 'DER', this.client.certificateFile);
    const encrypted = readFileSync(this.client.file('cms'));
    for (const name of names) {
      await this.client.put(name, encrypted);
      await this.client.insertedFile(name);
    }
    return names.map(name => this.client.recordingId(name));
  }

  ask(method: string, path: string, body?: object, who = 'alice') {
    const sent: string[] = [];
    if (body !== undefined) {
      writeFileSync(this.client.file('asked.json'), JSON.stringify(body));
      const file = `@${this.client.file('asked.json')}`;
      sent.push('--header', 'Content-Type: application/json', '--data-binary', file);
    }
    return curl(...this.client.asUser(who), '--request', method, ...sent, `${this.cluster.ready.gateway}/rcs/${path}`);
  }

  async begin(selection: object, parts: object, path = this.folder): Promise<string> {
    const body = { reason: 'kept elsewhere', ...selection, destination: { path }, parts };
    const answer = await this.ask('POST', 'archive-jobs', body);
    if (answer.status !== 202) throw new Error(answer.body.toString());
    return jobIn(answer).id;
  }

  async job(id: string): Promise<JobAnswer> {
    return jobIn(await this.ask('GET', `archive-jobs/${id}`));
  }

  ended(id: string, state = 'done'): Promise<JobAnswer> {
    return this.until(id, `be ${state}`, job => job.state === state);
  }

  until(id: string, what: string, isEnough: (job: JobAnswer) => boolean): Promise<JobAnswer> {
    return answerOf(`the job to ${what}`, () => this.job(id), isEnough);
  }

  part(id: string, number: number, ...options: readonly string[]): Promise<CurlAnswer> {
    const { gateway } = this.cluster.ready;
    return curl(...this.client.asUser('alice'), ...options, `${gateway}/rcs/archive-jobs/${id}/parts/${number}`);
  }

  /** Names of the files that lie in the folder. */
  async stored(): Promise<string[]> {
    const { url, user, password } = this.cluster.ready.webdav;
    const asked = ['--user', `${user}:${password}`, '--request', 'PROPFIND', '--header', 'Depth: 1'];
    const { body } = await curl(...asked, `${url}/${this.folder}/`);
    return [...body.toString().matchAll(/<(?:\w+:)?href>([^<]*)</g)]
      .map(([, path = '']) => path.split('/').at(-1) ?? '')
      .filter(name => name !== '')
      .sort();
  }
}

export const jobIn = ({ body }: CurlAnswer): JobAnswer => JSON.parse(body.toString()) as JobAnswer;
