import { PassThrough } from 'node:stream';
import { readAtMost } from './read-at-most.js';

describe(readAtMost.name, () => {
  it('reads a body that is not too long, and leaves a longer one open', async () => {
    const body = new PassThrough();
    body.end('1234567890');
    expect((await readAtMost(body, 10)).toString()).toBe('1234567890');
    const longer = new PassThrough();
    longer.write('12345678901');
    await expect(readAtMost(longer, 10)).rejects.toMatchObject({ code: 'RCS_PAYLOAD_TOO_LARGE' });
    expect(longer.destroyed).toBe(false);
  });

  it('takes a sender that leaves for no fault of the server', async () => {
    const body = new PassThrough();
    body.write('half');
    const read = readAtMost(body, 10);
    body.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }));
    await expect(read).rejects.toMatchObject({ code: 'RCS_INVALID_VALUE' });
  });
});
