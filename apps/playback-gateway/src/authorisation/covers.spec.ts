import fc from 'fast-check';
import { covers } from './decide.js';

describe(covers.name, () => {
  it.each([
    ['/', '/Anthony'],
    ['/', '/Anthony/John'],
    ['/', '/'],
    ['/Anthony', '/Anthony'],
    ['/Anthony', '/Anthony/John'],
    ['/Anthony', '/Anthony/John/Paul'],
    ['/Anthony/', '/Anthony/John'],
    ['/Anthony', '/Anthony/'],
    ['//Anthony', '/Anthony'],
    ['/Company A', '/Company A/Sales'],
    ['/Ünïcode', '/Ünïcode/ключ'],
    ['/..', '/..'],
  ])('%s covers %s', (group, path) => {
    expect(covers(group, path)).toBe(true);
  });

  it.each([
    ['/Anthony', '/Anthonyson'],
    ['/Anthony', '/Anthonyson/John'],
    ['/Anthony', '/John/Anthony'],
    ['/Anthony/John', '/Anthony'],
    ['/Anthony/Jo', '/Anthony/John'],
    ['/Anthony', '/'],
    ['/Anthony', '/anthony'],
    ['/Anthony', '/Anthony '],
    ['/Anthony', '/Anthony%2FJohn'],
    ['/Anthony/*', '/Anthony/John'],
    ['/*', '/Anthony'],
    ['/Anthony/..', '/John'],
    ['/Anthony', '/Anthony\\John'],
    ['Anthony', '/Anthony'],
    ['/Anthony', 'Anthony'],
    ['', '/Anthony'],
    ['/', ''],
    ['/', 'Anthony'],
    ['', ''],
  ])('%p does not cover %p', (group, path) => {
    expect(covers(group, path)).toBe(false);
  });

  const segment = fc.string({ minLength: 1, maxLength: 3 }).map(text => text.replaceAll('/', 'x'));
  const path = fc.array(segment, { maxLength: 4 }).map(segments => `/${segments.join('/')}`);

  it('covers exactly what begins with the same whole segments', () => {
    fc.assert(
      fc.property(path, path, (group, other) => {
        const [left, right] = [group, other].map(text => text.split('/').filter(part => part !== '')) as [
          string[],
          string[],
        ];
        const expected = JSON.stringify(right.slice(0, left.length)) === JSON.stringify(left);
        expect(covers(group, other)).toBe(expected);
        expect(covers(group, `${group === '/' ? '' : group}${other}`)).toBe(true);
      }),
    );
  });
});
