import { StreamLimit } from './stream-limit.js';

describe(StreamLimit.name, () => {
  it('bounds the playbacks of one user and leaves others alone', () => {
    const limit = new StreamLimit({ maxConcurrentStreamsPerUser: 2 });
    const [first, second] = [limit.begin('anthony'), limit.begin('anthony')];
    expect(() => limit.begin('anthony')).toThrow(expect.objectContaining({ code: 'RCS_TOO_MANY_REQUESTS' }) as Error);
    limit.begin('bob')();
    first();
    const third = limit.begin('anthony');
    second();
    third();
    expect(() => [limit.begin('anthony'), limit.begin('anthony')]).not.toThrow();
  });
});
