import { VaultClock } from './vault-clock.js';

const hour = 3_600_000;

describe(VaultClock.name, () => {
  let wall: number;
  let monotonic: number;
  let clock: VaultClock;
  const pass = (ms: number): void => {
    wall += ms;
    monotonic += ms;
  };

  beforeEach(() => {
    [wall, monotonic] = [1_000_000 * hour, 5];
    clock = new VaultClock({ wall: () => wall, monotonic: () => monotonic });
  });

  it('goes as the clock of the machine goes', () => {
    pass(3 * hour);
    expect([clock.latest().getTime(), clock.earliest().getTime()]).toEqual([wall, wall]);
  });

  it('begins no delay early because the clock was set back', () => {
    pass(hour);
    const before = wall;
    wall -= 1000 * hour;
    expect(clock.latest().getTime()).toBe(before);
  });

  it('begins no delay before what was written down earlier, even when the process is new', () => {
    clock.saw(new Date(wall + 24 * hour));
    clock.saw(new Date(Number.NaN));
    expect(clock.latest().getTime()).toBe(wall + 24 * hour);
    expect(clock.earliest().getTime()).toBe(wall);
  });

  it('ends no delay early because the clock was set forward', () => {
    pass(hour);
    const before = wall;
    wall += 1000 * hour;
    expect(clock.earliest().getTime()).toBe(before);
  });

  it('ends no delay while the clock says that it is not over', () => {
    pass(hour);
    wall -= 10 * hour;
    expect(clock.earliest().getTime()).toBe(wall);
  });
});
