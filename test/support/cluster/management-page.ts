const timeoutMs = 30_000;

/** A page of a management server. @throws Error when it does not answer within half a minute */
export const managementPage = (managementUrl: string, path: string): Promise<Response> =>
  fetch(`${managementUrl}${path}`, { signal: AbortSignal.timeout(timeoutMs) });

/** What a service says of itself to Prometheus. */
export const metricsOf = async (managementUrl: string): Promise<string> =>
  (await managementPage(managementUrl, '/metrics')).text();

/** Whether a service says that it is ready; one that does not answer is not. */
export const isReady = (managementUrl: string): Promise<boolean> =>
  managementPage(managementUrl, '/health/ready').then(
    ({ status }) => status === 200,
    () => false,
  );
