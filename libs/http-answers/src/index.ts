export { AnswerError, parseAnswerHead, type AnswerHead } from './answer-head.js';
export { addressOf, madeReady, overTls, type AnswerPlace } from './answer-place.js';
export { ArrivalSlab } from './arrival-slab.js';
export { HeadBytes } from './head-bytes.js';
export { SilenceWatch, type Waiting } from './silence-watch.js';
