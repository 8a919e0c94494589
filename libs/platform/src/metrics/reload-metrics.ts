import { Counter, Gauge, type Registry } from 'prom-client';

/** Whether what was changed in the configuration was taken. */
export class ReloadMetrics {
  private readonly successful: Gauge;
  private readonly lastSuccess: Gauge;
  private readonly failures: Counter;

  constructor(registry: Registry) {
    const registers = [registry];
    this.successful = new Gauge({
      name: 'rcs_configuration_last_reload_successful',
      help: '1 when the last reading of configuration and certificates was taken, 0 when it was refused.',
      registers,
    });
    this.lastSuccess = new Gauge({
      name: 'rcs_configuration_last_reload_success_timestamp_seconds',
      help: 'When configuration and certificates were last taken.',
      registers,
    });
    this.failures = new Counter({
      name: 'rcs_configuration_reload_failures_total',
      help: 'Readings of configuration and certificates that were refused.',
      registers,
    });
    this.loaded();
  }

  loaded(): void {
    this.successful.set(1);
    this.lastSuccess.set(Math.floor(Date.now() / 1000));
  }

  failed(): void {
    this.successful.set(0);
    this.failures.inc();
  }
}
