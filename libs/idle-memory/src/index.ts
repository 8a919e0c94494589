export { collectAfterStart } from './collect-after-start.js';
export { giveBackWhenQuiet } from './give-back-when-quiet.js';
