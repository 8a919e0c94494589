import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { documents, Store } from '../store.js';

type Thing = keyof typeof documents;

/** What every store must do with one of its things. */
export interface StoreContract {
  readonly of: Thing;
  readonly tests: (store: () => Store) => void;
}

/** The contract of a thing. `store` gives an empty one for each test. */
export const storeContract = (of: Thing, tests: (store: () => Store) => void): StoreContract => ({ of, tests });

/** The contracts of the files beside this one: a contract that is written is run. */
export function writtenContracts(): readonly StoreContract[] {
  const files = readdirSync(__dirname).filter(name => name.endsWith('-store.contract.ts'));
  return files.map(name => jest.requireActual<{ contract: StoreContract }>(join(__dirname, name)).contract);
}
