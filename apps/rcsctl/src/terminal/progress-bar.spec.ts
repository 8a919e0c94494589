import { formatBytes, ProgressBar } from './progress-bar.js';

/** What a terminal of this width would have been sent. */
function terminal(columns: number, isTTY = true) {
  const written: string[] = [];
  return { isTTY, columns, written, write: (text: string) => written.push(text) };
}

describe(ProgressBar.name, () => {
  let time = 0;
  const clock = () => time;
  beforeEach(() => {
    time = 0;
  });

  it('shows share, bytes, rate and the time that is left, and goes away at the end', () => {
    const tty = terminal(120);
    const bar = new ProgressBar('decrypting', 4_000_000, { terminal: tty, now: clock });
    time = 1000;
    bar.advance(1_000_000);
    expect(tty.written).toEqual([
      '\r\u001b[Kdecrypting [######------------------]  25 %  1.00 MB of 4.00 MB  1.00 MB/s  3 s left',
    ]);
    bar.end();
    expect(tty.written.at(-1)).toBe('\r\u001b[K');
  });

  it('draws at most ten times a second', () => {
    const tty = terminal(120);
    const bar = new ProgressBar('decrypting', 1000, { terminal: tty, now: clock });
    for (time = 0; time < 1000; time += 5) bar.advance(5);
    expect(tty.written).toHaveLength(10);
  });

  it.each([
    [40, 39],
    [0, 79],
  ])('never breaks a line on a terminal of %d columns', (columns, longest) => {
    const tty = terminal(columns);
    new ProgressBar('decrypting', 10_000_000_000, { terminal: tty, now: clock }).advance(5_000_000_000);
    expect(tty.written[0]!.replace('\r\u001b[K', '').length).toBeLessThanOrEqual(longest);
  });

  it('never shows more than everything', () => {
    const tty = terminal(120);
    new ProgressBar('decrypting', 10, { terminal: tty, now: clock }).advance(20);
    expect(tty.written[0]).toContain('100 %  10 bytes of 10 bytes');
    new ProgressBar('decrypting', 0, { terminal: tty, now: clock }).advance(0);
    expect(tty.written[1]).toContain('100 %');
  });

  it('shows what is done where nobody knows how much it will be, and counts what is no bytes', () => {
    const tty = terminal(120);
    const bar = new ProgressBar('archive.zip', undefined, { terminal: tty, now: clock });
    time = 2000;
    bar.advance(3_000_000);
    expect(tty.written).toEqual(['\r\u001b[Karchive.zip 3.00 MB  1.50 MB/s']);
    const format = (count: number): string => String(Math.round(count));
    new ProgressBar('media files proved', 40, { terminal: tty, now: clock, format }).advance(10);
    expect(tty.written[1]).toContain(' 25 %  10 of 40  ');
  });

  it('is silent where nobody watches', () => {
    const pipe = terminal(120, false);
    const bar = new ProgressBar('decrypting', 10, { terminal: pipe, now: clock });
    bar.advance(10);
    bar.end();
    expect(pipe.written).toEqual([]);
  });
});

it.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1000, '1.00 kB'],
  [15_500, '15.5 kB'],
  [2_000_000_000, '2.00 GB'],
  [123_456_789_012_345, '123 TB'],
])('%d is %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
