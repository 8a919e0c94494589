import { SetupSteps } from './setup-steps.js';

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
});
