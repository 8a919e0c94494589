import type { RealToken } from '#test/tokens/real-token.js';

/** A token as its contract is told of it, by a file. */
export type DescribedToken = Pick<
  RealToken,
  'modulePath' | 'uri' | 'secondUri' | 'secondSettings' | 'pin' | 'settings' | 'environment' | 'ownTool'
>;

/** What each operation answered, by its name. */
export type ContractCells = Readonly<Record<string, string>>;
