import { EventEmitter } from 'node:events';
import { Writable } from 'node:stream';
import { createLogger } from '../logging/logger.js';
import { logProcessWarnings } from './process-warnings.js';

it('logs what Node warns of, with where it came from', () => {
  const lines: string[] = [];
  const output = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  const warnings = new EventEmitter();
  const source = warnings as unknown as NodeJS.Process;
  const end = logProcessWarnings(createLogger('test', 'test', 'warn', output), source);
  const warning = Object.assign(new Error('Possible memory leak detected. 11 close listeners added'), {
    name: 'MaxListenersExceededWarning',
  });
  warnings.emit('warning', warning);
  end();
  warnings.emit('warning', warning);
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'warn',
    warning: 'MaxListenersExceededWarning',
    error: warning.message,
    stack: expect.stringContaining('process-warnings.spec'),
  });
});
