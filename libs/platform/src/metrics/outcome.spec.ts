import { errorRegistry } from '../errors/error-registry.js';
import { RcsError } from '../errors/rcs-error.js';
import { failureCodes, outcomeLabels, outcomeOf } from './outcome.js';

it.each([
  [undefined, 'ok'],
  [new RcsError('RCS_NO_WORKER'), 'RCS_NO_WORKER'],
  [new DOMException('late', 'TimeoutError'), 'RCS_TIMEOUT'],
  [new TypeError('a bug'), 'RCS_INTERNAL'],
  ['text', 'RCS_INTERNAL'],
])('the outcome of %p is %s', (error, outcome) => {
  expect(outcomeOf(error)).toBe(outcome);
});

it.each([
  ['ok', 'ok'],
  ['aborted', 'aborted'],
  ['RCS_AUTHENTICATION_REQUIRED', 'refused'],
  ['RCS_RECORDING_NOT_FOUND', 'refused'],
  ['RCS_NO_WORKER', 'failed'],
  ['RCS_OVERLOADED', 'failed'],
] as const)('%s counts as %s', (outcome, result) => {
  expect(outcomeLabels(outcome)).toEqual({ outcome, result });
});

it('the codes that count as failures are those answered with 5xx', () => {
  expect(failureCodes).toContain('RCS_INTERNAL');
  expect(failureCodes.every(code => errorRegistry[code].http >= 500)).toBe(true);
  expect(failureCodes).not.toContain('RCS_GRANT_REFUSED');
});
