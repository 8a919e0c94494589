import type { Finding } from './finding.js';

export interface ExaminedToken {
  readonly name: string;
  readonly findings: readonly Finding[];
}

/**
 * What a user can send to strangers: make and model of the tokens, what they can do and how fast. No labels of keys, no
 * serial numbers, no name of a token; of the PIN only whether it was tried in vain. Advice may quote labels, so it stays here.
 */
export function doctorReport(tokens: readonly ExaminedToken[], now: Date): string {
  const sections = tokens.map(({ findings }, index) => [`token ${index + 1}`, ...findings.map(line)].join('\n'));
  const head = `rcsctl vault doctor, ${now.toISOString()}, Node ${process.version}, ${process.platform} ${process.arch}`;
  return `${[head, ...sections].join('\n\n')}\n`;
}

function line({ check, verdict, found, reported }: Finding): string {
  return `  ${check.padEnd(11)} ${verdict.padEnd(9)} ${reported ?? found}`;
}
