/**
 * The cluster of a lane: files of tests that change nothing of a cluster itself have a contact center of their own in it
 * (test/support/cluster/joined-cluster.ts) instead of a cluster each.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { withCompileCache } from './compile-cache.mjs';
import { repository } from './prepare.mjs';
import { startBeside } from './run-child.mjs';

const startTimeoutMs = 120_000;
const checks = join(repository, 'test/support/answers/answer-checks.cjs');

/** One after the other: a cluster that has ended is followed by another when somebody asks for it. */
export class SharedCluster {
  #running;

  /** What a test run has in its environment to join it. @throws Error when the cluster does not start. */
  async environment() {
    if (this.#running === undefined || hasEnded(this.#running)) {
      await this.stop();
      this.#running = await start();
    }
    return this.#running.environment;
  }

  async stop() {
    const running = this.#running;
    this.#running = undefined;
    if (running !== undefined) await stop(running);
  }
}

const clusters = new Set();
let endsWithUs = false;
const hasEnded = ({ child }) => child.exitCode !== null || child.signalCode !== null;

async function start() {
  if (!endsWithUs) endWithClusters();
  const directory = mkdtempSync(join(tmpdir(), 'rcs-shared-'));
  // The account of Apache passes through it to its files.
  chmodSync(directory, 0o711);
  const [data, answers] = [join(directory, 'data'), join(directory, 'answers.jsonl')];
  const { RCS_PROPERTY_RUNS, RCS_PROPERTY_SEED, ...rest } = process.env;
  const program = join(repository, 'dist/apps/rcsctl/main.js');
  const options = ['--json', '--demo', 'two-recordings'];
  const child = startBeside(process.execPath, [program, 'quickstart', ...options, '--data-dir', data], {
    cwd: repository,
    env: {
      ...withCompileCache(rest),
      NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --require ${checks}`.trim(),
      ANSWER_REPORT: answers,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise(resolve => child.once('exit', resolve));
  const environment = { TEST_CLUSTER: data, TEST_CLUSTER_ANSWERS: answers };
  const cluster = { child, ended, directory, environment };
  clusters.add(cluster);
  if (await isReady(child)) return cluster;
  await stop(cluster);
  throw new Error('the shared cluster did not become ready');
}

/** It says one line when it is. */
async function isReady(child) {
  const timer = setTimeout(() => child.kill('SIGTERM'), startTimeoutMs);
  const lines = createInterface({ input: child.stdout });
  try {
    for await (const line of lines) return line.startsWith('{');
    return false;
  } finally {
    clearTimeout(timer);
  }
}

async function stop(cluster) {
  cluster.child.kill('SIGTERM');
  await cluster.ended;
  clusters.delete(cluster);
  rmSync(cluster.directory, { recursive: true, force: true });
}

/** Stops what runs, with its files: before this process ends. */
export async function stopSharedClusters() {
  await Promise.all([...clusters].map(stop));
}

/** Killed outright, this process leaves files behind; the clusters end by themselves (run-child.mjs). */
function endWithClusters() {
  endsWithUs = true;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.once(signal, () => void stopSharedClusters().finally(() => process.exit(128 + constants.signals[signal])));
}
