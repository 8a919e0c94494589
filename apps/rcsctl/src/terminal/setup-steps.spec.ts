import { millisecondsBefore, SetupSteps } from './setup-steps.js';

describe(SetupSteps.name, () => {
  it('begins every line with the time since the start, whatever the output is', () => {
    const lines: string[] = [];
    let now = 1000;
    const steps = new SetupSteps(
      1000,
      line => lines.push(line),
      () => now,
    );
    steps.begin('Preparing .rcs');
    now = 84_260;
    steps.begin('Starting Redis and Apache');
    expect(lines).toEqual(['[   0.0 s] Preparing .rcs\n', '[  83.3 s] Starting Redis and Apache\n']);
  });

  it('counts on while somebody sets the time of day', () => {
    const lines: string[] = [];
    const steps = new SetupSteps(performance.now(), line => lines.push(line));
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 8 * 86_400_000);
    try {
      steps.begin('Stopping');
    } finally {
      jest.restoreAllMocks();
    }
    expect(lines.join('')).toMatch(/^\[ +\d{1,3}\.\d s\] Stopping\n$/);
  });
});

describe(millisecondsBefore, () => {
  it('is the time that the script took before it started the process', () => {
    expect(millisecondsBefore(5000, 2000)).toBe(3000);
  });

  it('is 0 without a script, and where the time of day was set back meanwhile', () => {
    expect(millisecondsBefore(5000, NaN)).toBe(0);
    expect(millisecondsBefore(5000, 0)).toBe(0);
    expect(millisecondsBefore(5000, 9000)).toBe(0);
  });
});
