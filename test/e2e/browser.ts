import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { personOf, type RunningCluster } from '#test/cluster/running-cluster.js';
import { curl, type CurlAnswer } from './external-tools.js';

let jars = 0;

/** curl with a cookie jar of its own, as a browser has one. */
export class Browser {
  private readonly jar: string;

  constructor(
    private readonly cluster: RunningCluster,
    work: string,
  ) {
    this.jar = join(work, `cookies-${jars++}`);
  }

  send(path: string, ...options: string[]): Promise<CurlAnswer> {
    const { caFile, gateway } = this.cluster.ready;
    const jar = ['--cookie', this.jar, '--cookie-jar', this.jar];
    return curl('--cacert', caFile, ...jar, '--path-as-is', ...options, gateway + path);
  }

  /** Logs in; answers the CSRF token. */
  async logIn(name: string): Promise<string> {
    const { name: userName, password } = personOf(this.cluster.ready, name);
    const answer = await this.sendJson('/api/v2/sessions', { userName, password });
    expect(answer.status).toBe(201);
    return answer.headers['x-csrf-token'] ?? '';
  }

  sendJson(path: string, body: object, ...options: string[]): Promise<CurlAnswer> {
    return this.send(path, ...header('content-type', 'application/json'), '--data', JSON.stringify(body), ...options);
  }

  /** The value of the session cookie. */
  get secret(): string {
    const line = readFileSync(this.jar, 'utf8')
      .split('\n')
      .find(candidate => candidate.includes('JSESSIONID'));
    return line?.split('\t')[6] ?? '';
  }
}

export const header = (name: string, value: string): string[] => ['--header', `${name}: ${value}`];
export const json = (answer: CurlAnswer): Record<string, unknown> =>
  JSON.parse(answer.body.toString()) as Record<string, unknown>;
