import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/**
 * The machine's own Chromium without a window. Names below .test lead to this machine; certificates of the cluster's own
 * authority are taken, as a browser does that trusts it.
 */
export function startChromium(userDataDirectory: string): Promise<Browser> {
  const executablePath = places.find(existsSync);
  if (executablePath === undefined) throw new Error('Chromium is missing: apt-get install chromium');
  return chromium.launch({
    executablePath,
    headless: true,
    timeout: 120_000,
    env: { ...process.env, HOME: userDataDirectory },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--host-resolver-rules=MAP *.test 127.0.0.1',
      '--autoplay-policy=no-user-gesture-required',
      '--mute-audio',
    ],
  });
}
