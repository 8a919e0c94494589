import { readFileSync } from 'node:fs';
import { describeFailure } from './file-failure.js';

function failureOf(file: string): unknown {
  try {
    return readFileSync(file);
  } catch (error) {
    return error;
  }
}

describe(describeFailure.name, () => {
  it.each([
    [['upload', '--key', 'nofile.pem'], '--key nofile.pem: there is no such file'],
    [['upload', '--key=nofile.pem'], '--key nofile.pem: there is no such file'],
    [['inspect', 'nofile.pem'], 'nofile.pem: there is no such file'],
  ])('names the option of a file that is missing: %p', (parameters, text) => {
    expect(describeFailure(failureOf('nofile.pem'), parameters)).toBe(text);
  });

  it('leaves everything else as it is', () => {
    expect(describeFailure(failureOf('nofile.pem'), [])).toContain('ENOENT');
    expect(describeFailure(new Error('something else'), ['--key', 'x'])).toBe('something else');
    expect(describeFailure(undefined, [])).toBe('');
  });
});
