export { collectAfterStart } from './collect-after-start.js';
