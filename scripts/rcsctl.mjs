#!/usr/bin/env node
/** `npx rcsctl` in a checkout: the built command line, under a Node that the project supports. */
import './supported-node.mjs';
import module from 'node:module';
import { compileCache } from './compile-cache.mjs';

module.enableCompileCache(compileCache);
await import('../dist/apps/rcsctl/main.js');
