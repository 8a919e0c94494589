import { entriesOfMultistatus } from './multistatus.js';

const apache = `<?xml version="1.0" encoding="utf-8"?>
<D:multistatus xmlns:D="DAV:" xmlns:ns0="DAV:">
<D:response xmlns:lp1="DAV:"><D:href>/rec/a%20b/</D:href><D:propstat><D:prop><lp1:resourcetype><D:collection/></lp1:resourcetype></D:prop></D:propstat></D:response>
<D:response xmlns:lp1="DAV:"><D:href>/rec/a%20b/x&amp;y.wav</D:href><D:propstat><D:prop><lp1:resourcetype/></D:prop></D:propstat></D:response>
<D:response xmlns:lp1="DAV:"><D:href>/rec/a%20b/2026/</D:href><D:propstat><D:prop><lp1:resourcetype><D:collection/></lp1:resourcetype></D:prop></D:propstat></D:response>
</D:multistatus>`;
const one = (href: string): string =>
  `<multistatus xmlns="DAV:"><response><href>${href}</href><propstat/></response></multistatus>`;

describe(entriesOfMultistatus.name, () => {
  it('tells files from folders, and leaves out the folder itself', () => {
    expect(entriesOfMultistatus(apache, '/rec/a%20b/')).toEqual([
      { name: 'x&y.wav', isFolder: false },
      { name: '2026', isFolder: true },
    ]);
  });

  it.each([
    ['a URL', 'https://host:8443/rec/t%C3%B6n.wav', 'tön.wav'],
    ['characters by number', '/rec/a&#38;&#x26;.wav', 'a&&.wav'],
    ['what no entity is', '/rec/a&foo;.wav', 'a&foo;.wav'],
  ])('reads %s', (_, href, name) => {
    expect(entriesOfMultistatus(one(href), '/rec/')).toEqual([{ name, isFolder: false }]);
  });

  it.each([
    ['nothing', ''],
    ['a page', '<html></html>'],
    ['an answer that was cut', apache.slice(0, -20)],
    ['a document type', one('/rec/a').replace('<multistatus', '<!DOCTYPE m><multistatus')],
    ['a file elsewhere', one('/other/a')],
    ['a file further down', one('/rec/a/b')],
    ['a hidden separator', one('/rec/a%2Fb')],
    ['escapes that are no UTF-8', one('/rec/%ff')],
    ['no place', one('')],
  ])('takes no %s', (_, xml) => expect(entriesOfMultistatus(xml, '/rec/')).toBeUndefined());
});
