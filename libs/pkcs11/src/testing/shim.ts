import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const repository = join(__dirname, '../../../..');
const source = join(__dirname, 'shim.c');
const ownHeader = join(__dirname, '../../native/cryptoki.h');
const headers = join(dirname(require.resolve('pkcs11js/package.json')), 'includes/pkcs11');

/** The module of shim.c, compiled once for what its source and its header say. */
export function shimModule(): string {
  const text = Buffer.concat([source, ownHeader].map(file => readFileSync(file)));
  const content = createHash('sha256').update(text).digest('hex').slice(0, 16);
  const directory = join(repository, '.cache/pkcs11-shim');
  const module = join(directory, `${content}.so`);
  if (existsSync(module)) return module;
  mkdirSync(directory, { recursive: true });
  const made = `${module}.${process.pid}`;
  execFileSync('gcc', ['-shared', '-fPIC', '-O1', `-I${headers}`, '-o', made, source, '-ldl', '-lpthread']);
  // Tests in other processes compile it, too: each sees a whole file.
  renameSync(made, module);
  return module;
}

/** Every function of PKCS#11 that a shim plays rules for. */
export function shimFunctions(): string[] {
  return [...readFileSync(source, 'utf8').matchAll(/\bOWN\((C_\w+)\)/g)].map(([, name = '']) => name);
}

/** What a shim is put before. */
export interface RealModule {
  readonly modulePath: string;
  /** What the module finds its tokens by. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * A PKCS#11 module of its own (a path nobody else has) around a real one, which plays what it is told by the rules that
 * shim.c describes, in every process that has loaded it, from the next call on. Several in one process need a copy of the
 * real one each; modules that find their parts beside themselves want to be where they are.
 */
export class Shim {
  readonly directory = mkdtempSync(join(tmpdir(), 'rcs-shim-'));
  readonly modulePath = join(this.directory, 'shim.so');
  private readonly calls = join(this.directory, 'calls');
  private readonly always: readonly string[];

  constructor({ modulePath, environment }: RealModule, real: 'a copy' | 'as it is' = 'a copy') {
    const copy = join(this.directory, 'real.so');
    if (real === 'a copy') copyFileSync(modulePath, copy);
    copyFileSync(shimModule(), this.modulePath);
    this.always = [
      `module ${real === 'a copy' ? copy : modulePath}`,
      `log ${this.calls}`,
      ...Object.entries(environment).map(([name, value]) => `env ${name} ${value}`),
    ];
    this.play();
  }

  /** These rules, and no others, from now on; none makes it the real module. */
  play(...rules: readonly string[]): void {
    const file = join(this.directory, 'shim.conf');
    writeFileSync(`${file}.new`, [...this.always, ...rules, ''].join('\n'));
    renameSync(`${file}.new`, file);
  }

  /** How often the function was called since the count began, by all processes. */
  count(call: string): number {
    return this.log().filter(line => line === call).length;
  }

  /** The calls since the count began, in order. */
  log(): string[] {
    return existsSync(this.calls) ? readFileSync(this.calls, 'utf8').split('\n').slice(0, -1) : [];
  }

  countAnew(): void {
    rmSync(this.calls, { force: true });
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }
}
