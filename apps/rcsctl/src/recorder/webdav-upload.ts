import { request } from 'undici';

export interface WebDavAccess {
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

const timeoutMs = 120_000;

/** Stores a file, as a recorder does: HTTP PUT with Basic authentication. */
export async function uploadToWebDav(access: WebDavAccess, path: string, body: Buffer): Promise<void> {
  const authorization = `Basic ${Buffer.from(`${access.user}:${access.password}`).toString('base64')}`;
  const response = await request(`${access.url}/${path.split('/').map(encodeURIComponent).join('/')}`, {
    method: 'PUT',
    body,
    headers: { authorization, 'content-type': 'application/octet-stream' },
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await response.body.text();
  if (response.statusCode < 300) return;
  throw new Error(`storing ${path} failed: the storage answered ${response.statusCode} ${text.slice(0, 200)}`);
}
