import { endingWithUs, reservePort } from '#platform';
import { spawn, type ChildProcess } from 'node:child_process';
import { openSync, closeSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { endChild } from '#test/waiting/end-child.js';
import { waitFor } from '#test/waiting/wait-for.js';

export interface ScrapedJob {
  readonly name: string;
  /** Base URLs of management ports. */
  readonly targets: readonly string[];
}

export interface PrometheusOptions {
  /** For configuration, rules and data; made when it is not there. */
  readonly directory: string;
  readonly jobs: readonly ScrapedJob[];
  /** Texts of rule files. */
  readonly rules: readonly string[];
}

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

export interface Target {
  readonly health: string;
  readonly lastError: string;
  readonly scrapeUrl: string;
}

export interface FiringAlert {
  readonly state: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const answerTimeoutMs = 30_000;

/** A real Prometheus on a free port of the loopback interface, which scrapes every two seconds. */
export class PrometheusServer {
  private constructor(
    private readonly process: ChildProcess,
    private readonly url: string,
  ) {}

  static async start({ directory, jobs, rules }: PrometheusOptions): Promise<PrometheusServer> {
    mkdirSync(directory, { recursive: true });
    const ruleFiles = rules.map((text, index) => {
      const file = join(directory, `rules-${index}.yaml`);
      writeFileSync(file, text);
      return file;
    });
    const configuration = {
      global: { scrape_interval: '2s', scrape_timeout: '2s', evaluation_interval: '1s' },
      rule_files: ruleFiles,
      scrape_configs: jobs.map(({ name, targets }) => ({
        job_name: name,
        static_configs: [{ targets: targets.map(target => new URL(target).host) }],
      })),
    };
    const configurationFile = join(directory, 'prometheus.yml');
    writeFileSync(configurationFile, stringify(configuration));
    const port = await reservePort();
    const log = openSync(join(directory, 'prometheus.log'), 'a');
    const options = [
      `--config.file=${configurationFile}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ];
    const child = spawn(...endingWithUs('prometheus', options), { stdio: ['ignore', log, log] });
    closeSync(log);
    const server = new PrometheusServer(child, `http://127.0.0.1:${port}`);
    await server.ready();
    return server;
  }

  async query(expression: string): Promise<Sample[]> {
    const query = new URLSearchParams({ query: expression });
    const { result, resultType } = await this.get<{ result: Sample[]; resultType: string }>(
      `query?${query.toString()}`,
    );
    if (resultType !== 'vector') throw new Error(`${expression} is a ${resultType}`);
    return result;
  }

  async targets(): Promise<readonly Target[]> {
    return (await this.get<{ activeTargets: Target[] }>('targets?state=active')).activeTargets;
  }

  async firingAlerts(): Promise<string[]> {
    const { alerts } = await this.get<{ alerts: FiringAlert[] }>('alerts');
    return alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels.alertname ?? '');
  }

  stop(): Promise<void> {
    return endChild('prometheus', this.process, 'SIGKILL');
  }

  private async get<T>(path: string): Promise<T> {
    const response = await fetch(`${this.url}/api/v1/${path}`, { signal: AbortSignal.timeout(answerTimeoutMs) });
    const answer = (await response.json()) as { status: string; data: T; error?: string };
    if (answer.status !== 'success') throw new Error(`${path}: ${answer.error ?? response.statusText}`);
    return answer.data;
  }

  private async ready(): Promise<void> {
    await waitFor('prometheus to be ready', async () => {
      if (this.process.exitCode !== null) throw new Error(`prometheus ended with status ${this.process.exitCode}`);
      const signal = AbortSignal.timeout(answerTimeoutMs);
      const answer = await fetch(`${this.url}/-/ready`, { signal }).catch(() => undefined);
      return answer?.status === 200;
    });
  }
}

/** A copy of alerts that fire as soon as their condition holds. */
export function withoutPatience(alerts: string): string {
  const { groups } = parse(alerts) as { groups: { rules: Record<string, unknown>[] }[] };
  return stringify({
    groups: groups.map(group => ({
      ...group,
      rules: group.rules.map(rule => Object.fromEntries(Object.entries(rule).filter(([name]) => name !== 'for'))),
    })),
  });
}
