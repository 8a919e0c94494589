import type { Registry } from 'prom-client';
import type { Configuration } from '../configuration/configuration.schema.js';
import { describeError } from '../errors/rcs-error.js';
import type { Logger } from '../logging/logger.js';
import { ReloadMetrics } from '../metrics/reload-metrics.js';
import { optionsThatNeedRestart } from './changed-options.js';
import { WatchedFiles } from './watched-files.js';

/**
 * Takes a new configuration: throws when it cannot be taken, else answers what puts it into force. Nothing is put into
 * force before every part of the service can take it.
 */
export type PrepareChange = (configuration: Configuration) => (() => void) | Promise<() => void>;

/**
 * The configuration of a running service. When application.yaml or a certificate changes (or SIGHUP comes) it is read
 * again; what is wrong with it is logged and the old one stays in force.
 */
export class LiveConfiguration {
  private readonly preparations: PrepareChange[] = [];
  private readonly files: WatchedFiles;
  private reloading: Promise<void> = Promise.resolve();
  private readonly metrics: ReloadMetrics;

  /** @param read reads and checks the configuration again; throws ConfigurationError. */
  constructor(
    private present: Configuration,
    private readonly read: () => Configuration,
    configurationFile: string | undefined,
    private readonly logger: Logger,
    registry: Registry,
  ) {
    this.metrics = new ReloadMetrics(registry);
    const paths = (): string[] => [
      ...(configurationFile === undefined ? [] : [configurationFile]),
      ...certificateFiles(this.present),
    ];
    this.files = new WatchedFiles(paths, present.reloadIntervalMs, () => this.reload());
  }

  get current(): Configuration {
    return this.present;
  }

  /** Registers a part of the service that takes changes while it runs. */
  onChange(prepare: PrepareChange): void {
    this.preparations.push(prepare);
  }

  /** From now on changes of the files count, those since this was made included. */
  watch(): void {
    this.files.start();
  }

  stop(): void {
    this.files.stop();
  }

  /** Reads everything again now; never rejects, the log and the metrics say how it went. */
  reload(): Promise<void> {
    this.reloading = this.reloading.then(() => this.attempt());
    return this.reloading;
  }

  private async attempt(): Promise<void> {
    try {
      const next = this.read();
      const changes = await Promise.all(this.preparations.map(async prepare => prepare(next)));
      changes.forEach(apply => apply());
      const waiting = optionsThatNeedRestart(this.present, next);
      this.present = next;
      this.metrics.loaded();
      this.logger.info('configuration and certificates were read again');
      if (waiting.length > 0) this.logger.warn({ options: waiting }, 'these options take effect at the next start');
    } catch (error) {
      this.metrics.failed();
      this.logger.error(
        { error: describeError(error) },
        'the new configuration is refused; the old one stays in force',
      );
    }
  }
}

/** The files whose content is taken while the service runs. */
function certificateFiles({ internalTls, serverSettings, decryptWorker, localKeyManager }: Configuration): string[] {
  const { ssl } = serverSettings;
  return [
    ...(internalTls === undefined ? [] : [internalTls.caFile, internalTls.certificateFile, internalTls.keyFile]),
    ...(internalTls?.deniedCertificatesFile === undefined ? [] : [internalTls.deniedCertificatesFile]),
    ...[ssl?.keyStorePath, ssl?.certificateFile, ssl?.keyFile].filter(path => path !== undefined),
    ...[decryptWorker?.certificateFile, decryptWorker?.keyFile].filter(path => path !== undefined),
    ...[localKeyManager?.certificateFile, localKeyManager?.keyFile].filter(path => path !== undefined),
  ];
}
