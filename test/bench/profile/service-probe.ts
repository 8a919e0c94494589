import { subscribe } from 'node:diagnostics_channel';
import { renameSync, writeFileSync } from 'node:fs';
import { Session, type Profiler } from 'node:inspector';
import { basename, dirname, join } from 'node:path';
import { PerformanceObserver } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';
// By its file: the index would load half of the product a second time.
import { stepChannel, type Step } from '../../../libs/platform/src/tracing/steps.js';

/*
 * Loaded into each service by `--require` of NODE_OPTIONS. SIGUSR2 begins a profile, and another one ends it and writes what
 * was seen into PROFILE_DIRECTORY: processor time of the main thread, garbage collections, and the steps of requests.
 */

/** Microseconds between two samples. */
const samplingInterval = 200;

/** What a probe writes, as JSON, into `ROLE.PID.json`. */
export interface ServiceProfile {
  readonly role: string;
  readonly seconds: number;
  /** Milliseconds of each garbage collection. */
  readonly collections: readonly number[];
  readonly steps: readonly (Pick<Step, 'requestId' | 'name'> & {
    /** Milliseconds of the monotonic clock. */
    readonly begunAt: number;
    readonly ms: number;
  })[];
  readonly cpu: Profiler.Profile;
}

class Probe {
  private readonly session = new Session();
  private readonly begunAt = performance.now();
  private readonly collections: number[] = [];
  private readonly steps: Step[] = [];
  private readonly observer = new PerformanceObserver(list => {
    for (const { duration } of list.getEntries()) this.collections.push(duration);
  });

  constructor(private readonly role: string) {
    this.observer.observe({ entryTypes: ['gc'] });
    this.session.connect();
    this.session.post('Profiler.enable');
    this.session.post('Profiler.setSamplingInterval', { interval: samplingInterval });
    this.session.post('Profiler.start');
  }

  hear(step: Step): void {
    this.steps.push(step);
  }

  write(directory: string): void {
    const seconds = (performance.now() - this.begunAt) / 1000;
    this.observer.disconnect();
    this.session.post('Profiler.stop', (error, { profile }) => {
      this.session.disconnect();
      if (error !== null) throw error;
      const steps = this.steps.map(({ requestId, name, begunAt, endedAt }) => {
        return { requestId, name, begunAt: Number(begunAt) / 1e6, ms: Number(endedAt - begunAt) / 1e6 };
      });
      const { role, collections } = this;
      const found: ServiceProfile = { role, seconds, collections, steps, cpu: profile };
      const file = join(directory, `${role}.${process.pid}.json`);
      writeFileSync(`${file}.part`, JSON.stringify(found));
      renameSync(`${file}.part`, file);
    });
  }
}

function watch(directory: string, role: string): void {
  let probe: Probe | undefined;
  subscribe(stepChannel, step => probe?.hear(step as Step));
  process.on('SIGUSR2', () => {
    probe?.write(directory);
    probe = probe === undefined ? new Probe(role) : undefined;
  });
  writeFileSync(join(directory, `${role}.${process.pid}.pid`), String(process.pid));
}

const program = process.argv[1] ?? '';
const directory = process.env['PROFILE_DIRECTORY'];
const role = basename(dirname(program));
const isService = ['playback-gateway', 'decrypt-worker', 'key-vault'].includes(role);
if (isMainThread && directory !== undefined && isService) watch(directory, role);
