import type { Browser } from 'playwright-core';
import { startChromium } from '../../e2e/chromium.js';
import type { BrowserPage, MediaBrowser } from './media-browser.js';

/** Debian's Chromium without a window. */
export class Chromium implements MediaBrowser {
  readonly name = 'Chromium';

  private constructor(private readonly browser: Browser) {}

  static async start(directory: string): Promise<Chromium> {
    return new Chromium(await startChromium(directory));
  }

  async open(url: string): Promise<BrowserPage> {
    const context = await this.browser.newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    await page.goto(url);
    return {
      run: async (script, input) => {
        const call = `(async input => JSON.stringify(await (${script.toString()})(input)))(${JSON.stringify(input)})`;
        return JSON.parse(await page.evaluate<string>(call)) as Awaited<ReturnType<typeof script>>;
      },
      close: () => context.close(),
    };
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}
