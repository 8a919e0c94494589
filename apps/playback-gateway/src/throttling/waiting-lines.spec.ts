import { WaitingLines, type Clock } from './waiting-lines.js';

const tooMany = { code: 'RCS_TOO_MANY_REQUESTS' };

/** A clock that is set by hand; everybody who sleeps is written down with when they wake. */
class Hands implements Clock {
  time = 0;
  readonly sleepers: { readonly until: number; wake: () => void }[] = [];
  readonly now = () => this.time;
  readonly sleep = (milliseconds: number) =>
    new Promise<void>(wake => this.sleepers.push({ until: this.time + milliseconds, wake }));

  moveTo(time: number): void {
    this.time = time;
    for (const { until, wake } of this.sleepers) if (until <= time) wake();
  }
}

describe(WaitingLines.name, () => {
  const limits = { longestDelayMs: 800, mostWaiting: 10, windowMs: 60_000 };

  it('has one wait after the other, each longer, and none longer than twice the longest delay', async () => {
    const clock = new Hands();
    const lines = new WaitingLines(limits, clock);
    const turns = [lines.wait('a'), lines.wait('a'), lines.wait('a'), lines.wait('a')];
    expect(clock.sleepers.map(({ until }) => until)).toEqual([100, 300, 700, 1500]);
    await expect(lines.wait('a')).rejects.toMatchObject({ ...tooMany, retryAfterMs: 2300 });
    clock.moveTo(1500);
    await Promise.all(turns);
    const next = lines.wait('a');
    expect(clock.sleepers.at(-1)?.until).toBe(2300);
    clock.moveTo(2300);
    await next;
  });

  it('keeps lines apart, and all together bounded', async () => {
    const clock = new Hands();
    const lines = new WaitingLines(limits, clock);
    const turns = Array.from({ length: 10 }, (_, index) => lines.wait(`line ${index}`));
    expect(clock.sleepers.map(({ until }) => until)).toEqual(Array<number>(10).fill(100));
    await expect(lines.wait('another')).rejects.toMatchObject(tooMany);
    clock.moveTo(100);
    await Promise.all(turns);
    const next = lines.wait('another');
    clock.moveTo(200);
    await next;
  });

  it('begins anew where nobody was for a while', async () => {
    const clock = new Hands();
    const lines = new WaitingLines(limits, clock);
    const turns = [lines.wait('a'), lines.wait('a'), lines.wait('a')];
    clock.moveTo(700);
    await Promise.all(turns);
    clock.moveTo(60_700);
    const next = lines.wait('a');
    expect(clock.sleepers.at(-1)?.until).toBe(60_800);
    clock.moveTo(60_800);
    await next;
  });
});
