import { outOfSupport } from './runtime-support.js';

describe(outOfSupport.name, () => {
  it.each([
    ['v24.21.0', '2028-04-30', undefined],
    ['v24.21.0', '2028-05-01', 'support of Node 24 ended on 2028-04-30'],
    ['v22.12.0', '2027-05-01', 'support of Node 22 ended on 2027-04-30'],
    ['v20.20.2', '2026-11-27', 'support of Node 20 ended on 2026-04-30'],
    ['v18.20.8', '2024-01-01', 'Node 18 has no long-term support'],
    ['v25.9.0', '2026-01-01', 'Node 25 has no long-term support'],
    ['v28.0.0', '2027-06-01', undefined],
  ])('of %s on %s', (version, day, expected) => {
    expect(outOfSupport(version, new Date(`${day}T12:00:00Z`))).toBe(expected);
  });
});
