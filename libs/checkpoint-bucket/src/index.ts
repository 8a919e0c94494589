export * from './checkpoint-bucket.js';
export * from './open-checkpoint-bucket.js';
