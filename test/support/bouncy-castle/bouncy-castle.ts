import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const repository = join(__dirname, '../../..');
const program = join(__dirname, 'BouncyCastle.java');
const version = '1.84';
/** What Maven Central has, by SHA-256. */
const jars = {
  bcprov: '64d6c5a6121fcd927152dd182cbed39afe0fda641a970d9bcc0c9cb1858b2731',
  bcpkix: 'c87f16ed9e5ec61bc94151e9f3646ac44e50cd448121ce84367fa4b7ec7ec1bb',
  bcutil: 'b374e16963421fb9cfb01cc20d7ad8fd2f8b8188e3eef0ec0a8965e245f7619a',
} as const;
const limits = { timeout: 180_000, maxBuffer: 16 * 1024 * 1024 };

/** A Java program over Bouncy Castle that does what a list of commands says (BouncyCastle.java has them). */
export class BouncyCastle {
  private constructor(private readonly classPath: string) {}

  /** Fetches and compiles what is not yet below .cache. */
  static async prepare(): Promise<BouncyCastle> {
    const source = createHash('sha256').update(readFileSync(program)).digest('hex').slice(0, 16);
    const directory = join(repository, '.cache/bouncy-castle');
    const files = await Promise.all(
      Object.entries(jars).map(([name, digest]) => fetched(`${name}-jdk18on`, digest, directory)),
    );
    const classes = join(directory, source);
    if (!existsSync(classes)) {
      const unfinished = `${classes}.${process.pid}`;
      mkdirSync(unfinished, { recursive: true });
      await promisify(execFile)('javac', ['-nowarn', '-cp', files.join(':'), '-d', unfinished, program], limits);
      renameSync(unfinished, classes);
    }
    return new BouncyCastle([classes, ...files].join(':'));
  }

  /** @throws with the first command that failed, and why. */
  async run(...commands: readonly (readonly string[])[]): Promise<void> {
    const java = ['-XX:TieredStopAtLevel=1', '-cp', this.classPath, 'BouncyCastle'];
    const running = promisify(execFile)('java', java, limits);
    running.child.stdin?.end(commands.map(words => `${words.join('\t')}\n`).join(''));
    await running;
  }
}

async function fetched(artifact: string, digest: string, directory: string): Promise<string> {
  const file = join(directory, `${artifact}-${version}.jar`);
  if (existsSync(file) && sha256(readFileSync(file)) === digest) return file;
  const url = `https://repo1.maven.org/maven2/org/bouncycastle/${artifact}/${version}/${artifact}-${version}.jar`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(120_000) });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (sha256(bytes) !== digest) throw new Error(`${url} is not what it was: SHA-256 ${sha256(bytes)}`);
  mkdirSync(directory, { recursive: true });
  writeFileSync(`${file}.${process.pid}`, bytes);
  renameSync(`${file}.${process.pid}`, file);
  return file;
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
