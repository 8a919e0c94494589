import type { Browser } from 'playwright-core';

/** Milliseconds. */
export interface PlayerTimes {
  readonly first: number;
  /** Undefined where the media have no length. */
  readonly seek: number | undefined;
}

/** As much of the browser as the script below uses. */
interface MediaElement {
  src: string;
  muted: boolean;
  currentTime: number;
  readonly duration: number;
  readonly error: { readonly message: string } | null;
  play(): Promise<void>;
  addEventListener(name: string, listener: () => void, options?: { readonly once: boolean }): void;
}
declare const document: {
  createElement(name: 'video'): MediaElement;
  readonly body: { append(element: MediaElement): void };
};

/** The longest time that one event of a player is waited for. */
const waitMs = 60_000;

/** Plays and seeks to 80 % once, in a page and over connections that are new, with nothing in any cache. */
export async function timePlayer(browser: Browser, url: string): Promise<PlayerTimes> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  context.setDefaultTimeout(waitMs);
  try {
    const page = await context.newPage();
    return await page.evaluate(
      async ([source, limit]) => {
        const element = document.createElement('video');
        document.body.append(element);
        element.muted = true;
        const heard = (name: string): Promise<void> =>
          new Promise((resolve, reject) => {
            element.addEventListener(name, resolve, { once: true });
            element.addEventListener('error', () => reject(new Error(element.error?.message ?? name)), { once: true });
            setTimeout(() => reject(new Error(`no ${name} in time`)), limit);
          });
        const opened = performance.now();
        element.src = source;
        const playing = heard('playing');
        await element.play();
        await playing;
        const first = performance.now() - opened;
        if (!Number.isFinite(element.duration)) return { first, seek: undefined };
        const sought = performance.now();
        const seeked = heard('seeked');
        element.currentTime = element.duration * 0.8;
        await seeked;
        return { first, seek: performance.now() - sought };
      },
      [url, waitMs] as const,
    );
  } finally {
    await context.close();
  }
}
