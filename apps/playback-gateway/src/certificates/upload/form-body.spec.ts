import { parseForm } from './form-body.js';

const limits = { maxFormFields: 20, maxFormFiles: 2 };
const boundary = 'X';
const type = `multipart/form-data; boundary=${boundary}`;
const field = (name: string, value: string): string =>
  `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const file = (name: string, value: string): string =>
  `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="f"\r\n\r\n${value}\r\n`;
const end = `--${boundary}--\r\n`;
const parse = (body: string, contentType = type) => parseForm(contentType, Buffer.from(body, 'latin1'), limits);
const refusal = { code: 'RCS_INVALID_VALUE' };

describe(parseForm.name, () => {
  it('reads fields and files', async () => {
    const body =
      field('alias', 'a') + file('certificateFile', 'pem') + file('keyFile', 'key') + field('password', '') + end;
    expect(await parse(body)).toEqual({ alias: 'a', certificate: 'pem', privateKey: 'key' });
  });

  it('refuses the 66 bytes that ended a gateway', async () => {
    const body = '--X\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\nyy';
    await expect(parse(body)).rejects.toMatchObject(refusal);
  });

  it.each([
    ['no boundary', field('a', 'b') + end, 'multipart/form-data'],
    ['another boundary', field('a', 'b') + end, 'multipart/form-data; boundary=Y'],
    ['nothing', '', type],
    ['too many fields', Array.from({ length: 21 }, (_, i) => field(`f${i}`, 'v')).join('') + end, type],
    [
      '25 fields of 40 kB',
      Array.from({ length: 25 }, (_, i) => field(`f${i}`, 'v'.repeat(40_000))).join('') + end,
      type,
    ],
    ['too many files', Array.from({ length: 3 }, (_, i) => file(`f${i}`, 'v')).join('') + end, type],
    ['a field that is too long', field('a', 'v'.repeat(1024 * 1024 + 1)) + end, type],
  ])('refuses %s', async (_, body, contentType) => {
    await expect(parse(body, contentType)).rejects.toMatchObject(refusal);
  });

  it('answers every cut of a form: never a crash, never a silence', async () => {
    const whole = field('alias', 'a') + file('certificate', 'pem'.repeat(40)) + file('key', 'key') + end;
    for (let length = 0; length < whole.length - 4; length++) {
      await expect(parse(whole.slice(0, length))).rejects.toMatchObject(refusal);
    }
  });

  it('answers forms that are garbled anywhere', async () => {
    const whole = field('alias', 'a') + file('certificate', 'pem'.repeat(400)) + file('key', 'key') + end;
    const seed = Number(process.env.RCS_FUZZ_SEED ?? 1);
    const random = generator(seed);
    for (let round = 0; round < 2000; round++) {
      const bytes = Buffer.from(whole, 'latin1');
      for (let changes = 1 + Math.floor(random() * 8); changes > 0; changes--) {
        bytes[Math.floor(random() * bytes.length)] = '\r\n-X":; \0\xff'.charCodeAt(Math.floor(random() * 10));
      }
      const outcome = await parseForm(type, bytes, limits).catch((error: unknown) => error);
      if (outcome instanceof Error) expect(outcome).toMatchObject(refusal);
    }
  });
});

/** Mulberry32. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
