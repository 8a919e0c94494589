export * from './content-tree/content-tree.js';
export * from './media-storage-configuration.js';
export * from './media-location.js';
export * from './media-storages.js';
export type { OpenHint, StoredObject } from './stored-object.js';
