import { isDeepStrictEqual } from 'node:util';
import { Ffmpeg, GStreamer, Mpv, Vlc, type Played } from './command-line-players.js';
import { cellsOf } from './matrix.js';
import type { Medium } from './media.js';
import { Stage, type Address } from './stage.js';

jest.setTimeout(300_000);

let stage: Stage;
const programs = [Ffmpeg, Mpv, Vlc, GStreamer] as const;
const names = ['ffmpeg', 'mpv', 'VLC', 'GStreamer'] as const;
/** What a player made of what nginx serves, by player, file and start. */
const references = new Map<string, Played[]>();
/** GStreamer ends an AVI file in one of five ways after a seek, whoever serves it: it may take as many tries to do the same. */
const mostTries = 6;

beforeAll(async () => {
  stage = await Stage.start();
});
afterAll(() => stage?.stop());

const playerOf = (name: string) => {
  const Program = programs[names.findIndex(candidate => candidate === name)];
  if (Program === undefined) throw new Error(`no player ${name}`);
  return new Program(stage);
};

/** What the player makes of nginx's answer: the same as ours if it has ever done so. */
async function reference(player: string, medium: Medium, from: number, played: Played): Promise<Played> {
  const key = `${player} ${medium.name} ${from}`;
  const known = references.get(key) ?? [];
  references.set(key, known);
  const same = known.find(right => isDeepStrictEqual(right, played));
  if (same !== undefined) return same;
  const [first] = known;
  if (first !== undefined && (from === 0 || known.length >= mostTries)) return first;
  const right = await playerOf(player).play(await stage.inNginx(medium), medium, from);
  known.push(right);
  return right;
}

/** What the player makes of the answer of the gateway, and of that of nginx. */
async function both(
  player: string,
  address: Address,
  medium: Medium,
  from: number,
): Promise<readonly [Played, Played]> {
  const played = await playerOf(player).play(address, medium, from);
  return [played, await reference(player, medium, from, played)];
}

const cells = cellsOf(names).map(cell => ({ ...cell, name: cell.medium.name }));

it.each(cells)('$player plays $name, $form, to the end and from 80 %, as from nginx', async cell => {
  const { player, medium, form } = cell;
  const address = await stage.inGateway(medium, form);
  const program = playerOf(player);
  const seeks = medium.saysDuration || program.seeksEverywhere;
  for (const from of seeks ? [0, medium.duration * 0.8] : [0]) {
    const tries = from === 0 ? 1 : mostTries;
    let [played, right] = await both(player, address, medium, from);
    for (let tried = 1; tried < tries && !isDeepStrictEqual(played, right); tried++)
      [played, right] = await both(player, address, medium, from);
    expect({ from, ...played }).toEqual({ from, ...right });
    if (from === 0) expect(right.audible).toBe(true);
  }
});
