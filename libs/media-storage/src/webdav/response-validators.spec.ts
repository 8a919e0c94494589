import { contentLengthOf, parseContentRange, validatorsOf } from './response-validators.js';

describe(parseContentRange.name, () => {
  it.each([
    ['bytes 0-99/1000', { start: 0, end: 100, size: 1000 }],
    ['bytes 999-999/1000', { start: 999, end: 1000, size: 1000 }],
    ['bytes */1000', { start: undefined, end: 0, size: 1000 }],
    ['bytes 0-99/*', { start: 0, end: 100, size: undefined }],
    ['bytes */*', undefined],
    ['bytes 0-9999999999999999/1', undefined],
    ['bytes 0-99', undefined],
    ['items 0-99/1000', undefined],
    ['bytes -99/1000', undefined],
    [undefined, undefined],
  ])('%s', (header, range) => {
    expect(parseContentRange(header)).toEqual(range);
  });
});

describe(validatorsOf.name, () => {
  const read = (headers: Record<string, string>) => validatorsOf({ status: 200, headers });

  it('takes off the mark of weakness', () => {
    expect(read({ etag: 'W/"abc"' }).entityTag).toBe('"abc"');
    expect(read({ etag: '"abc"' }).entityTag).toBe('"abc"');
  });

  it('reads HTTP dates, and passes over what is none', () => {
    const date = 'Sun, 06 Nov 1994 08:49:37 GMT';
    expect(read({ 'last-modified': date }).lastModified).toEqual(new Date('1994-11-06T08:49:37Z'));
    expect(read({ 'last-modified': 'yesterday' })).toEqual({ entityTag: undefined, lastModified: undefined });
  });
});

describe(contentLengthOf.name, () => {
  it.each([
    [{ 'content-length': '0' }, 0],
    [{ 'content-length': '20000000000' }, 20_000_000_000],
    [{ 'content-length': '-1' }, undefined],
    [{ 'content-length': '1e3' }, undefined],
    [{ 'content-length': '10', 'content-encoding': 'gzip' }, undefined],
    [{ 'content-length': '10', 'content-encoding': 'identity' }, 10],
    [{ 'content-length': '10', 'content-encoding': 'aws-chunked' }, 10],
    [{ 'content-length': '10', 'content-encoding': 'none' }, 10],
    [{ 'content-length': '10', 'content-encoding': 'identity, gzip' }, undefined],
    [{ 'content-length': '10', 'content-encoding': 'x-gzip' }, undefined],
    [{}, undefined],
  ])('%j', (headers, length) => {
    expect(contentLengthOf({ status: 200, headers })).toBe(length);
  });
});
