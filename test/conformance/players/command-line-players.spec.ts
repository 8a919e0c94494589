import { Ffmpeg, GStreamer, Mpv, Vlc, type Played } from './command-line-players.js';
import { cellsOf } from './matrix.js';
import type { Medium } from './media.js';
import { Stage } from './stage.js';

jest.setTimeout(300_000);

let stage: Stage;
const programs = [Ffmpeg, Mpv, Vlc, GStreamer] as const;
const names = ['ffmpeg', 'mpv', 'VLC', 'GStreamer'] as const;
/** What a player made of what nginx serves, by player, file and start. */
const references = new Map<string, Promise<Played>>();

beforeAll(async () => {
  stage = await Stage.start();
});
afterAll(() => stage?.stop());

const playerOf = (name: string) => {
  const Program = programs[names.findIndex(candidate => candidate === name)];
  if (Program === undefined) throw new Error(`no player ${name}`);
  return new Program(stage);
};

async function reference(player: string, medium: Medium, from: number): Promise<Played> {
  const key = `${player} ${medium.name} ${from}`;
  const played = references.get(key) ?? playerOf(player).play(await stage.inNginx(medium), medium, from);
  references.set(key, played);
  return played;
}

const cells = cellsOf(names).map(cell => ({ ...cell, name: cell.medium.name }));

it.each(cells)('$player plays $name, $form, to the end and from 80 %, as from nginx', async cell => {
  const { player, medium, form } = cell;
  const address = await stage.inGateway(medium, form);
  const program = playerOf(player);
  const seeks = medium.saysDuration || program.seeksEverywhere;
  for (const from of seeks ? [0, medium.duration * 0.8] : [0]) {
    const right = await reference(player, medium, from);
    expect({ from, ...(await program.play(address, medium, from)) }).toEqual({ from, ...right });
    if (from === 0) expect(right.audible).toBe(true);
  }
});
