import { text } from 'node:stream/consumers';
import type { ReadStream } from 'node:tty';

/** A secret longer than this was probably a file piped in by mistake. */
const longestSecret = 64 * 1024;
const interrupt = '\u0003';
const endOfInput = '\u0004';
const deletions = ['\u007f', '\b'];

/**
 * A secret from standard input: asked for on a terminal without showing it, else all that is piped in without its last
 * line end. Never from the command line, where every user of the machine could read it.
 * @throws Error when nothing, or far too much, was given.
 */
export async function readSecret(question: string, input: NodeJS.ReadStream = process.stdin): Promise<string> {
  const secret = input.isTTY ? await ask(question, input) : (await text(input)).replace(/\r?\n$/, '');
  if (secret === '') throw new Error('nothing was given: pipe the secret in, or type it when asked');
  if (secret.length > longestSecret) throw new Error('what was piped in is no password');
  return secret;
}

function ask(question: string, input: ReadStream): Promise<string> {
  process.stderr.write(question);
  input.setRawMode(true);
  input.setEncoding('utf8');
  return new Promise((resolve, reject) => {
    let typed = '';
    const finish = (error?: Error): void => {
      input.off('data', read);
      input.off('error', finish);
      input.setRawMode(false);
      input.pause();
      process.stderr.write('\n');
      if (error === undefined) resolve(typed);
      else reject(error);
    };
    const read = (characters: string): void => {
      for (const character of characters) {
        if (character === '\r' || character === '\n' || character === endOfInput) return finish();
        if (character === interrupt) return finish(new Error('interrupted'));
        typed = deletions.includes(character) ? Array.from(typed).slice(0, -1).join('') : typed + character;
      }
    };
    input.on('error', finish);
    // eslint-disable-next-line no-restricted-syntax -- key by key; its errors are heard in the line above
    input.on('data', read);
  });
}
