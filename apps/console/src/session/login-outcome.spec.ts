import { outcomeIn } from './login-outcome.js';

describe(outcomeIn.name, () => {
  it.each([
    ['', undefined, false, false],
    ['?login=done', undefined, true, false],
    ['?login=refused', 'refused', false, false],
    ['?login=unavailable&in=window', 'unavailable', false, true],
    ['?login=<b>something new</b>', 'failed', false, false],
    ['?other=1', undefined, false, false],
  ])('reads %j', (query, failure, isDoneBeside, isInWindow) => {
    expect(outcomeIn(query)).toEqual({ failure, isDoneBeside, isInWindow });
  });
});
