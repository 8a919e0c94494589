export { endOf, partOf, spend, withMemoryLentForNow, withMemoryOfItsOwn, type Piece } from './spent-memory.js';
