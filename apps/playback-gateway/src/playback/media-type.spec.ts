import fc from 'fast-check';
import { contentDispositionOf, contentTypeOf } from './media-type.js';

describe(contentTypeOf.name, () => {
  it.each([
    ['audio/mp3', 'audio/mpeg'],
    ['AUDIO/MP3', 'audio/mpeg'],
    [' audio/mp3 ', 'audio/mpeg'],
    ['audio/x-wav', 'audio/wav'],
    ['audio/wave', 'audio/wav'],
    ['video/mp4', 'video/mp4'],
    ['audio/opus', 'audio/opus'],
    ['audio/webm;codecs=opus', 'audio/webm;codecs=opus'],
    ['Audio/MP3; charset=binary', 'audio/mpeg; charset=binary'],
    ['video/mp4; codecs="avc1.64001f, mp4a.40.2"', 'video/mp4; codecs="avc1.64001f, mp4a.40.2"'],
  ])('answers %p as %s', (type, expected) => {
    expect(contentTypeOf(type)).toBe(expected);
  });

  it.each([
    '',
    'audio',
    'audio/',
    '/mp3',
    'text/html',
    'image/svg+xml',
    'application/javascript',
    'application/xhtml+xml',
    'multipart/byteranges',
    'audio/mp3; charset',
    'audio/mp3; charset=',
    'audio/mp3; a="b',
    'audio/mp3; a="b"c"',
    'audio/mp3; a=b\r\nset-cookie: a=b',
    'audio/mp3; a="b\r\nset-cookie: a=b"',
    'text/html; a=audio/mp3',
    'audio/mp3\r\nset-cookie: a=b',
    'audio/mp3\r\n\r\n<script>',
    'xaudio/mp3',
    'text/html audio/mp3',
    'audio/mp3,text/html',
    '__proto__',
    'audio/mp3é',
  ])('answers %p, which a browser might run, as opaque bytes', type => {
    expect(contentTypeOf(type)).toBe('application/octet-stream');
  });
});

describe(contentDispositionOf.name, () => {
  it('offers a plain name as it is', () => {
    expect(contentDispositionOf('call-1_2026.mp3')).toBe('inline; filename="call-1_2026.mp3"');
  });

  it('offers it to be stored where that is asked for', () => {
    expect(contentDispositionOf('Gespräch.mp3', 'attachment')).toBe(
      `attachment; filename="Gespr_ch.mp3"; filename*=UTF-8''Gespr%C3%A4ch.mp3`,
    );
  });

  it('offers any other name in both forms of RFC 6266', () => {
    expect(contentDispositionOf('naïve €.mp3')).toBe(
      `inline; filename="na_ve__.mp3"; filename*=UTF-8''na%C3%AFve%20%E2%82%AC.mp3`,
    );
  });

  it.each([
    ['a"; filename="b.exe', `inline; filename="a___filename__b.exe"; filename*=UTF-8''a%22%3B%20filename%3D%22b.exe`],
    ['a\r\nb', `inline; filename="a__b"; filename*=UTF-8''a%0D%0Ab`],
    ["it's (1)*", `inline; filename="it_s__1__"; filename*=UTF-8''it%27s%20%281%29%2A`],
    ['a/../b', `inline; filename="a_.._b"; filename*=UTF-8''a%2F..%2Fb`],
  ])('leaves nothing in %p that could end the value', (name, expected) => {
    expect(contentDispositionOf(name)).toBe(expected);
  });

  it('is a header field that keeps the whole name, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), name => {
        const value = contentDispositionOf(name);
        expect(value).toMatch(/^inline; filename="[A-Za-z0-9._-]+"(; filename\*=UTF-8''[A-Za-z0-9%!._~-]+)?$/);
        const encoded = /''(.*)$/.exec(value)?.[1];
        expect(encoded === undefined ? /"(.*)"/.exec(value)?.[1] : decodeURIComponent(encoded)).toBe(name);
      }),
    );
  });
});
