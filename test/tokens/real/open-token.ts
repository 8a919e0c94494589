import { HostedToken, type HostedTokenOptions } from '#pkcs11';
import type { DescribedToken } from './contract-cells.js';

const observer = { executed: () => undefined, stateChanged: () => undefined, processEnded: () => undefined };

/** What a vault would be told of the token. */
export const optionsOf = (
  { uri, pin, settings }: DescribedToken,
  more: Partial<HostedTokenOptions> = {},
): HostedTokenOptions => ({
  sessions: 4,
  queueLimit: 1000,
  operationTimeoutMs: 60_000,
  openTimeoutMs: 60_000,
  environment: process.env,
  observer,
  ...settings,
  uri,
  pin,
  ...more,
});

/** Works with an open token, which is closed afterwards. */
export async function withToken<T>(options: HostedTokenOptions, work: (token: HostedToken) => Promise<T>): Promise<T> {
  const token = await HostedToken.open(options);
  try {
    return await work(token);
  } finally {
    token.close();
    await token.closed;
  }
}

export const soon = (): AbortSignal => AbortSignal.timeout(60_000);
