import { ApiProblem } from '../api/problem.js';
import { whyNot } from './why-not.js';

it.each([
  [403, 'Insufficient recording permissions', 'no-right'],
  [404, 'No such recording', 'gone'],
  [422, 'No private key of this server opens this recording', 'key-missing'],
  [422, 'The private key is disabled', 'key-missing'],
  [422, 'The media cannot be decrypted', 'damaged'],
  [502, 'The media file is missing in the storage', 'storage-away'],
  [502, 'The storage cannot be reached', 'storage-away'],
  [504, 'The storage did not answer in time', 'storage-away'],
  [503, 'The key vault is not available', 'key-vault-away'],
  [503, 'The hardware security module is not available', 'key-vault-away'],
  [503, 'The server is busy', 'busy'],
  [429, 'Too many requests', 'busy'],
  [502, 'The decrypt worker failed', 'other'],
])('%d %s: %s', (status, message, reason) => {
  expect(whyNot(new ApiProblem(status, undefined, message))).toBe(reason);
});

it('anything else is not the server’s', () => {
  expect(whyNot(new TypeError('failed'))).toBe('other');
});
