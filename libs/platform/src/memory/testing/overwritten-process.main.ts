import { isOverwrittenWhenFreed } from '../overwritten-when-freed.js';

process.stdout.write(JSON.stringify(isOverwrittenWhenFreed()));
