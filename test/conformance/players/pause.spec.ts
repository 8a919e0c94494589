import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { longMedium } from './media.js';
import { MpvSession } from './mpv-session.js';
import { Stage } from './stage.js';
import { storedForms } from './stored-forms.js';
import { countInTier } from '#test/tier.js';

jest.setTimeout(300_000);

const clientIdleTimeoutMs = 1500;
let stage: Stage;

beforeAll(async () => {
  stage = await Stage.start({ RCS_SERVER_SETTINGS__CLIENT_IDLE_TIMEOUT_MS: String(clientIdleTimeoutMs) });
});
afterAll(() => stage?.stop());

async function activePlaybacks(): Promise<number> {
  const answer = await fetch(`${stage.cluster.ready.management.gateway}/metrics`, {
    signal: AbortSignal.timeout(10_000),
  });
  const [, count] = /^rcs_active_playbacks(?:\{[^}]*\})? (\d+)$/m.exec(await answer.text()) ?? [];
  return Number(count);
}

/** The server gives a player up that takes nothing. */
async function givenUp(): Promise<void> {
  const end = Date.now() + 60_000;
  while (Date.now() < end) {
    if ((await activePlaybacks()) === 0) return;
    await delay(100);
  }
  throw new Error('the server still waits for the player');
}

it.each(storedForms.slice(0, countInTier(1, 1, storedForms.length)))(
  'mpv plays on after a pause that outlasts the connection, faster, from elsewhere and to the end: %s',
  async form => {
    const { url } = await stage.inGateway(longMedium, form);
    const mpv = await MpvSession.start(url, stage.authorities.file, join(stage.directory('mpv'), form));
    try {
      await mpv.reaches(1);
      expect(await activePlaybacks()).toBeGreaterThan(0);
      await mpv.set('pause', true);
      await givenUp();
      await mpv.set('pause', false);
      // More than lay in sockets and buffers when the connection was cut.
      await mpv.set('speed', 50);
      await mpv.reaches(120);
      await mpv.command('seek', longMedium.duration * 0.8, 'absolute');
      await mpv.reaches(longMedium.duration * 0.8 + 1);
      expect(await mpv.ended()).toBe('eof');
    } finally {
      await mpv.stop();
    }
  },
);
