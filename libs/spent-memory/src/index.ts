export { endOf, spend, withMemoryLentForNow, withMemoryOfItsOwn, type Piece } from './spent-memory.js';
