import { FreedMemory } from './freed-memory.js';

describe(FreedMemory.name, () => {
  const logger = { info: jest.fn(), warn: jest.fn() };
  const overwrite = jest.fn();
  const memory = () => new FreedMemory(logger, { settleMs: 1000, pauseMs: 20_000, overwrite });

  beforeEach(() => {
    jest.useFakeTimers();
    jest.clearAllMocks();
  });
  afterEach(() => jest.useRealTimers());

  it('is overwritten for all that was dropped at the same time when it has settled, and once more after the pause', () => {
    const freed = memory();
    for (let count = 0; count < 100; count++) freed.note();
    jest.advanceTimersByTime(999);
    expect(overwrite).not.toHaveBeenCalled();
    jest.advanceTimersByTime(20_000);
    expect(overwrite).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(100_000);
    expect(overwrite).toHaveBeenCalledTimes(2);
  });

  it('is overwritten when what was dropped last has settled as well, and put off no further than that', () => {
    const freed = memory();
    freed.note();
    jest.advanceTimersByTime(900);
    freed.note();
    jest.advanceTimersByTime(999);
    expect(overwrite).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(overwrite).toHaveBeenCalledTimes(1);
    const busy = memory();
    for (let count = 0; count < 21; count++) {
      busy.note();
      jest.advanceTimersByTime(500);
    }
    expect(overwrite).toHaveBeenCalledTimes(2);
  });

  it('is overwritten again for what is dropped later, with a pause between', () => {
    const freed = memory();
    for (let second = 0; second < 60; second++) {
      freed.note();
      jest.advanceTimersByTime(1000);
    }
    jest.advanceTimersByTime(20_000);
    expect(overwrite.mock.calls.length).toBeGreaterThan(2);
    expect(overwrite.mock.calls.length).toBeLessThan(6);
  });

  it('is tried again at the next note when it failed', () => {
    overwrite.mockImplementationOnce(() => {
      throw new Error('no memory');
    });
    const freed = memory();
    freed.note();
    jest.advanceTimersByTime(1000);
    expect(logger.warn).toHaveBeenCalledTimes(1);
    freed.note();
    jest.advanceTimersByTime(20_000);
    expect(overwrite).toHaveBeenCalledTimes(2);
  });
});
