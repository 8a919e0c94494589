import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Makes the PKCS#11 module around SoftHSM that observed-module.c describes; answers its path. */
export function observedModule(directory: string): string {
  const module = join(directory, 'observed-module.so');
  execFileSync('gcc', ['-shared', '-fPIC', '-o', module, join(__dirname, 'observed-module.c'), '-ldl']);
  return module;
}
