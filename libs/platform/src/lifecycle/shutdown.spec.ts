import { Registry } from 'prom-client';
import { createLogger } from '../logging/logger.js';
import { ManagementServer } from '../management/management-server.js';
import { Readiness } from '../management/readiness.js';
import { shutDown, type StoppableService } from './shutdown.js';

describe(shutDown.name, () => {
  const logger = createLogger('test', 'test', 'silent');
  let readiness: Readiness;
  let management: ManagementServer;
  let url: string;

  beforeEach(async () => {
    readiness = new Readiness();
    management = new ManagementServer(new Registry(), readiness, logger);
    url = await management.listen('127.0.0.1', 0);
  });
  afterEach(() => management.close());

  const end = (service: StoppableService, shutdownDelayMs = 0, gracefulShutdownTimeoutMs = 60_000) =>
    shutDown({
      service,
      readiness,
      management,
      configuration: { shutdownDelayMs, gracefulShutdownTimeoutMs },
      logger,
    });

  it('is not ready before it leaves the registries, and serves until the delay is over', async () => {
    const steps: string[] = [];
    const ended = end(
      {
        async drain() {
          steps.push(`drain ${(await fetch(`${url}/health/ready`)).status}`);
        },
        async stop() {
          steps.push(`stop ${(await fetch(`${url}/health/live`)).status}`);
        },
      },
      50,
    );
    expect((await readiness.report()).ready).toBe(false);
    expect(steps).toEqual([]);
    expect(await ended).toBe(0);
    expect(steps).toEqual(['drain 503', 'stop 200']);
    await expect(fetch(`${url}/health/live`)).rejects.toThrow();
  });

  it('tells the service when the limit for running work is over', async () => {
    const stop = (deadline: AbortSignal): Promise<void> =>
      new Promise(resolve => deadline.addEventListener('abort', () => resolve(), { once: true }));
    expect(await end({ stop }, 0, 20)).toBe(0);
  });

  it('answers 1 when the service cannot end well', async () => {
    expect(await end({ stop: () => Promise.reject(new Error('the store is gone')) })).toBe(1);
  });

  it('does not wait forever for a service that hangs', async () => {
    jest.spyOn(AbortSignal, 'timeout').mockImplementation(() => AbortSignal.abort());
    try {
      expect(await end({ stop: () => new Promise<void>(() => undefined) })).toBe(1);
    } finally {
      jest.restoreAllMocks();
    }
  });
});
